import { expectLinks } from './componentPage';
import { importAll, paste } from './importPage';
import { Scenario } from './types';

const FOLDER = 'https://bitbucket.org/skerry-lines/booking-api/src/main';

export const importFile: Scenario = {
  name: 'a file is pasted, reviewed and imported, and its component leads back to it',
  async play({ page, picture }) {
    await paste(page, `${FOLDER}/catalog-info.yaml`);
    await page.getByTitle('component:default/booking-api').waitFor();
    await picture('import-review');
    await importAll(page);
    await expectLinks(page, 'booking-api', {
      source: `${FOLDER}/`,
      edit: `${FOLDER}/catalog-info.yaml?mode=edit&at=main`,
    });
  },
};
