import { readEntities } from './catalogFiles';

const URL = 'https://bitbucket.org/acme/shop/src/main/catalog-info.yaml';

const read = (text: string) => readEntities(URL, Buffer.from(text));

const component = (name: string) =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n`;

describe('readEntities', () => {
  it('reads every document of a file', () => {
    const { entities, problem } = read(
      `---\n${component('a')}---\n${component('B_2.c')}---\n`,
    );
    expect(entities.map(({ metadata }) => metadata.name)).toEqual([
      'a',
      'B_2.c',
    ]);
    expect(problem).toBeUndefined();
  });

  it('reads what is right beside what is wrong', () => {
    const { entities, problem } = read(
      `${component('a')}---\nopenapi: 3.0.0\n---\n${component('-b')}`,
    );
    expect(entities).toMatchObject([{ metadata: { name: 'a' } }]);
    expect(problem).toBe(
      `${URL} describes no entity: it has no apiVersion or no kind`,
    );
  });

  it.each([
    ['', undefined],
    ['Read me', 'Expected object at root, got string'],
    ['kind: [', expect.stringContaining(`YAML error at url:${URL}`)],
    [
      component("'${{ values.name }}'"),
      `${URL} describes no entity: its metadata.name is not a name`,
    ],
    [
      component('a'.repeat(64)),
      `${URL} describes no entity: its metadata.name is not a name`,
    ],
    [
      'apiVersion: 1\nkind: Component',
      `${URL} describes no entity: it has no apiVersion or no kind`,
    ],
    [
      'apiVersion: v1\nkind: Pod\nmetadata:',
      `${URL} describes no entity: its metadata.name is not a name`,
    ],
  ])('finds no entity in %j', (text, problem) => {
    expect(read(text)).toEqual({ entities: [], problem });
  });
});
