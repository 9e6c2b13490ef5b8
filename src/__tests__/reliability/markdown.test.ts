import { readFile } from 'node:fs/promises';
import { CONTENTS } from '../../../testing/contents';
import { withTables } from './markdown';
import { TABLE } from './table';

const TABLES = { faults: TABLE, contents: CONTENTS };

describe('docs/reliability.md', () => {
  it('has the tables that are tested; npm run docs:reliability writes them', async () => {
    const page = await readFile('docs/reliability.md', 'utf8');
    expect(page).toBe(withTables(page, TABLES));
  });

  it.each(['', '<!-- end of faults -->'])(
    'needs marks around the tables: "%s"',
    page => {
      expect(() => withTables(page, TABLES)).toThrow(
        'docs/reliability.md lacks the lines <!-- faults: written by npm run docs:reliability --> and',
      );
    },
  );
});
