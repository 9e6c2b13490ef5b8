import { paste } from './importPage';
import { Scenario } from './types';

const TIMETABLE = 'https://bitbucket.org/skerry-lines/timetable';

/** What is pasted, and what the page says to it. */
const HELP = [
  [
    `${TIMETABLE}/src/main/catalog-info.yaml`,
    'skerry-lines/timetable has no branch, tag or commit main. Its branches are trunk and sommer/2027-åpning',
  ],
  [
    `${TIMETABLE}/src/trunk/Catalog-Info.yaml`,
    `There is no file Catalog-Info.yaml on trunk in skerry-lines/timetable. Did you mean ${TIMETABLE}/src/trunk/catalog-info.yaml?`,
  ],
  [
    TIMETABLE,
    'The bitbucket.org integration only supports full URLs to catalog-info.yaml files.',
  ],
];

export const wrongUrl: Scenario = {
  name: 'a wrong URL shows what is wrong with it, and which one to paste instead',
  async play({ page, picture }) {
    for (const [url, help] of HELP) {
      await paste(page, url);
      await page.getByText(help).waitFor();
      if (url === HELP[1][0]) {
        await picture('import-help');
      }
    }
  },
};
