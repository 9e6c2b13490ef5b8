import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** The catalog takes a moment to process what was imported. */
const PATIENCE_MS = 90_000;

/** Opens the page of a component, and looks where its source and its file are said to be. */
export async function expectLinks(
  page: Page,
  name: string,
  { source, edit }: { source: string; edit: string },
): Promise<void> {
  const link = page.getByRole('link', { name: /View Source/ });
  const notFound = page.getByText('Entity not found');
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    await page.goto(`/catalog/default/component/${name}`);
    await link.or(notFound).waitFor();
    if (await link.isVisible()) {
      break;
    }
    assert(Date.now() < deadline, `There is no component ${name}`);
    await sleep(500);
  }
  assert.equal(await link.getAttribute('href'), source);
  const pencil = page.getByTitle('Edit Metadata');
  assert.equal(await pencil.getAttribute('href'), edit);
}
