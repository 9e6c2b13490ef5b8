import type { Page } from 'playwright-core';

/** Opens the catalog-import page, pastes a URL, and has it analysed. */
export async function paste(page: Page, url: string): Promise<void> {
  await page.goto('/catalog-import');
  await page.getByLabel('URL').fill(url);
  await page.getByRole('button', { name: 'Analyze' }).click();
}

/** Imports what the page shows for review, and waits until it is done. */
export async function importAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Import' }).click();
  await page
    .getByText('The following entities have been added to the catalog:')
    .waitFor();
}
