import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../src/__tests__');

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).map(
  name => join(ROOT, name),
);

describe('the cases of whole runs', () => {
  it('are each part of a test that runs', () => {
    const imports = files
      .filter(name => name.endsWith('.test.ts'))
      .flatMap(name => {
        const text = readFileSync(name, 'utf8');
        return [...text.matchAll(/import '(\.[^']+\.cases)'/g)].map(
          ([, target]) => join(name, '..', `${target}.ts`),
        );
      });
    const cases = files.filter(name => name.endsWith('.cases.ts'));
    expect(cases.length).toBeGreaterThan(0);
    expect(cases.filter(name => !imports.includes(name))).toEqual([]);
  });
});
