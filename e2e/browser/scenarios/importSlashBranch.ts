import { expectLinks } from './componentPage';
import { importAll, paste } from './importPage';
import { Scenario } from './types';

const LOYALTY = 'https://bitbucket.org/skerry-lines/loyalty';

export const importSlashBranch: Scenario = {
  name: 'a URL with a slash in its branch is imported as it was copied',
  async play({ page }) {
    await paste(page, `${LOYALTY}/src/release/2026-11/catalog-info.yaml`);
    await page.getByTitle('component:default/loyalty').waitFor();
    await importAll(page);
    const folder = `${LOYALTY}/src/release%2F2026-11/`;
    await expectLinks(page, 'loyalty', {
      source: folder,
      edit: `${folder}catalog-info.yaml?mode=edit&at=release%2F2026-11`,
    });
  },
};
