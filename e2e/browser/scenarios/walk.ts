import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { WALKED } from '../backend';
import { Scenario } from './types';

const COMPONENTS = '/catalog?filters[kind]=component&filters[user]=all';

export const walk: Scenario = {
  name: "a walk's components appear in the catalog while it runs",
  async play({ page, backend, picture }) {
    const early = await untilThereAre(page, 1);
    await picture('walk');
    const repositories = backend.lookedInto();
    assert(
      repositories < WALKED.repositories / 2 + 20,
      `The walk has gone on: it has looked into ${repositories} repositories`,
    );
    assert(early < WALKED.components, `${early} components are all there are`);

    backend.hurry();
    await untilThereAre(page, WALKED.components);
  },
};

/** Opens the catalog page over and over until it counts that many components. */
async function untilThereAre(page: Page, count: number): Promise<number> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    await page.goto(COMPONENTS);
    const title = page.getByText(/^All components \(\d+\)$/i);
    await title.waitFor();
    const counted = Number(/\d+/.exec(await title.innerText())?.[0]);
    if (counted >= count) {
      return counted;
    }
    assert(
      Date.now() < deadline,
      `There are ${counted} of ${count} components`,
    );
    await sleep(500);
  }
}
