import { expectLinks } from './componentPage';
import { importAll, paste } from './importPage';
import { Scenario } from './types';

const FOLDER = 'https://bitbucket.org/skerry-lines/fleet/src/main/services';

/** Components, and the folders of their files. */
const COMPONENTS = [
  ['vessel-positions', 'positions'],
  ['engine-telemetry', 'engine%20telemetry'],
  ['fuel', 'fuel%20%232'],
  ['harbour-weather', 'havnev%C3%A6r'],
];

export const importGlob: Scenario = {
  name: 'a glob is pasted, and all that it finds is reviewed and imported',
  async play({ page }) {
    await paste(page, `${FOLDER}/**/catalog-info.yaml`);
    for (const [name] of COMPONENTS) {
      await page.getByTitle(`component:default/${name}`).waitFor();
    }
    await importAll(page);
    for (const [name, folder] of COMPONENTS) {
      const source = `${FOLDER}/${folder}/`;
      await expectLinks(page, name, {
        source,
        edit: `${source}catalog-info.yaml?mode=edit&at=main`,
      });
    }
  },
};
