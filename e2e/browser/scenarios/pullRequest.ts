import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { Demonstration } from '../Demonstration';
import { Scenario } from './types';

/** Two files with an annotation each fit in. */
const VIEWPORT = { width: 1280, height: 1024 };

const SERVICES = 'pull-requests/fleet/tides/services';

/** What is wrong in the demonstration's pull request, and what would be right. */
const MISTAKES = [
  ['positions/catalog-info.yaml', 'owner: harbor', 'owner: harbour'],
  ['tides/catalog-info.yaml', 'name: tide forecast', 'name: tide-forecast'],
  ['tides/catalog-info.yaml', './openapi.yml', './openapi.yaml'],
];

/** A changed line, and what the annotation below it says. */
const ANNOTATIONS = [
  ['owner: harbor', 'Did you mean group:default/harbour?'],
  ['name: tide forecast', 'metadata.name is not valid'],
];

export const pullRequest: Scenario = {
  name: 'a pull request shows the mistakes in its catalog files, and passes once they are corrected',
  async play({ page, picture }) {
    const demonstration = await Demonstration.start();
    try {
      await page.setViewportSize(VIEWPORT);
      await page.goto(demonstration.pullRequestUrl);
      const reports = page.getByRole('region', { name: 'Reports' });
      await reports.getByText('FAILED', { exact: true }).waitFor();
      await reports.getByText('2 errors and 1 warning').waitFor();
      for (const [line, message] of ANNOTATIONS) {
        await annotationBelow(page, line).getByText(message).waitFor();
      }
      await picture('pull-request');

      const opened = page.context().waitForEvent('page');
      await reports.getByRole('link', { name: 'View full report' }).click();
      const run = await opened;
      const findings = run.getByRole('table', { name: 'Findings' });
      await findings.getByText('Did you mean group:default/harbour?').waitFor();
      await picture('run', run);

      for (const [path, wrong, right] of MISTAKES) {
        await demonstration.correct(`${SERVICES}/${path}`, wrong, right);
      }
      // The page follows by itself.
      await reports.getByText('PASSED', { exact: true }).waitFor();
      await reports.getByText('3 catalog files are valid').waitFor();
      assert.equal(await page.getByRole('article').count(), 1);
    } finally {
      await demonstration.stop();
    }
  },
};

/** The row of the comparison that comes after a line. */
function annotationBelow(page: Page, line: string) {
  return page
    .getByRole('row')
    .filter({ hasText: line })
    .first()
    .locator('xpath=following-sibling::tr[1]');
}
