import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { warnOfSecondCopy } from './secondCopy';

describe('warnOfSecondCopy', () => {
  const app = realpathSync(mkdtempSync(join(tmpdir(), 'second-copy-')));
  const catalog = join(app, 'node_modules/@backstage/plugin-catalog-backend');
  const loaded = [__filename, join(catalog, 'dist/index.cjs.js')];

  afterAll(() => rmSync(app, { recursive: true }));

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), content);
  }

  it('says nothing where the catalog has this copy', () => {
    const ours = require.resolve('@backstage/plugin-catalog-backend');
    expect(warnOfSecondCopy([ours])).toBeUndefined();
  });

  it('says nothing where it cannot know which copy the catalog has', () => {
    expect(warnOfSecondCopy([__filename])).toBeUndefined();
  });

  it('names both copies where the catalog has another', () => {
    const theirs = 'node_modules/@backstage/plugin-catalog-node';
    write(`${theirs}/package.json`, JSON.stringify({ version: '9.8.7' }));
    write(
      'node_modules/@backstage/plugin-catalog-backend/dist/index.cjs.js',
      '',
    );
    const ours = require('@backstage/plugin-catalog-node/package.json');
    const warning = warnOfSecondCopy(loaded);
    expect(warning).toContain(`${ours.version} in `);
    expect(warning).toContain(`9.8.7 in ${join(app, theirs)}`);
  });
});
