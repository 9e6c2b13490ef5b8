import { JsonObject } from '@backstage/types';
import { bitbucketCloudUrls as urls } from '../../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { LIMITS } from './limits';
import { prepareEntity } from './prepareEntity';
import { Reader } from './Reader';

const HEAD = 'a'.repeat(40);
const AT_HEAD = `https://bitbucket.org/acme/shop/src/${HEAD}`;
const FILE = {
  path: 'catalog-info.yaml',
  location: 'https://bitbucket.org/acme/shop/src/main/catalog-info.yaml',
};

/** Prepares an entity, with the files that there are at the head. */
async function prepare(value: JsonObject, files: Record<string, string> = {}) {
  const read = jest.fn(async (_: string, path: string) =>
    path in files
      ? { content: Buffer.from(files[path]) }
      : { missing: 'absent' as const },
  );
  const prepared = await prepareEntity({ value }, FILE, {
    repository: {
      urls,
      fullName: 'acme/shop',
      headName: 'acme/shop',
      head: HEAD,
      branch: 'main',
    },
    reader: new Reader({
      read,
      find: async () => undefined,
      signal: new AbortController().signal,
    }),
  });
  return { ...prepared, read: read.mock.calls.map(([, path]) => path) };
}

describe('prepareEntity', () => {
  it('reads what is in the repository at the head', async () => {
    const { entity, notes, read } = await prepare(
      {
        spec: {
          a: { $text: './x.md' },
          b: [{ $json: 'https://bitbucket.org/acme/shop/src/main/x.json' }],
        },
      },
      { 'x.md': '', 'x.json': '1' },
    );
    expect(entity).toEqual({
      spec: {
        a: { $text: `${AT_HEAD}/x.md` },
        b: [{ $json: `${AT_HEAD}/x.json` }],
      },
    });
    expect(notes).toEqual([]);
    expect(read).toEqual(['x.md', 'x.json']);
  });

  it('takes out what leads elsewhere, and says so', async () => {
    const { entity, notes, withheld, read } = await prepare({
      a: { $text: 'https://bitbucket.org/acme/cart/src/main/x' },
      b: { $other: 'file:///etc/passwd' },
    });
    expect(entity).toEqual({
      a: 'not checked',
      b: { $other: 'file:///etc/passwd', '$not-checked': true },
    });
    expect(notes.map(({ rule, message }) => [rule, message])).toEqual([
      [
        'unchecked',
        '$text: https://bitbucket.org/acme/cart/src/main/x is in another repository, so it was not read.',
      ],
      [
        'unchecked',
        '$other: file:///etc/passwd is outside of this repository, so it was not read.',
      ],
    ]);
    expect(withheld).toEqual(['/a', '/b']);
    expect(read).toEqual([]);
  });

  it('reports files that do not exist', async () => {
    const { notes } = await prepare({ spec: { a: { $text: './none' } } });
    expect(notes).toEqual([
      {
        rule: 'placeholder',
        pointer: '/spec/a',
        message:
          '$text: ./none does not exist at the head of the pull request. Fix the path, or add the file.',
      },
    ]);
  });

  it('leaves alone what is not a placeholder', async () => {
    const entity = {
      a: { $text: './x', more: 1 },
      b: { $text: 3 },
      c: { $unknown: './none' },
    };
    const prepared = await prepare(entity);
    expect(prepared.entity).toEqual(entity);
    expect(prepared.notes).toEqual([]);
  });

  it.each<[what: string, files: Record<string, string>]>([
    ['another host', { 'a.yaml': '$ref: https://example.com/x' }],
    [
      'a file that leads elsewhere',
      { 'a.yaml': '$ref: ./b.yaml', 'b.yaml': '{"x":{"$ref":"file:///x"}}' },
    ],
    ['an escaped key', { 'a.yaml': '"\\x24ref": https://example.com/x' }],
    ['what is not YAML', { 'a.yaml': 'a: b: c' }],
  ])(
    'does not have an API description read that refers to %s',
    async (_, files) => {
      const { entity, notes } = await prepare(
        { a: { $openapi: './a.yaml' } },
        files,
      );
      expect(entity).toEqual({ a: 'not checked' });
      expect(notes).toMatchObject([{ rule: 'unchecked' }]);
    },
  );

  it('has an API description read that refers to files of the repository', async () => {
    const { entity, notes, read } = await prepare(
      { a: { $openapi: './api/a.yaml' } },
      { 'api/a.yaml': '$ref: ./b.yaml#/x', 'api/b.yaml': '$ref: "#/y"' },
    );
    expect(entity).toEqual({ a: { $openapi: `${AT_HEAD}/api/a.yaml` } });
    expect(notes).toEqual([]);
    expect(read).toEqual(['api/a.yaml', 'api/b.yaml']);
  });

  it('does not have YAML read that would keep the catalog busy', async () => {
    const { entity } = await prepare(
      { a: { $yaml: './a.yaml' } },
      { 'a.yaml': '? '.repeat(1_000) },
    );
    expect(entity).toEqual({ a: 'not checked' });
  });

  it.each<[what: string, spec: JsonObject, prepared: JsonObject]>([
    ['a target', { type: 'url', target: './a' }, { type: 'url' }],
    ['targets', { targets: ['./a', 3, ''] }, { targets: [3, ''] }],
    ['a placeholder for a target', { target: { $text: './a' } }, {}],
    ['a placeholder for targets', { targets: { $yaml: './a' } }, {}],
    ['a placeholder for everything', { $yaml: './a' }, {}],
  ])('takes %s out of a Location', async (_, spec, expected) => {
    const { entity, read } = await prepare(
      { kind: 'Location', spec },
      { a: 'x' },
    );
    expect(entity).toEqual({ kind: 'Location', spec: expected });
    expect(read).toEqual([]);
  });

  it('reads no more placeholders than an entity may have', async () => {
    const many = Array.from(
      { length: 2 * LIMITS.placeholders },
      (_, index) => ({
        $text: `./${index}`,
      }),
    );
    const { read, notes } = await prepare({ many });
    expect(read).toHaveLength(LIMITS.placeholders);
    expect(notes).toHaveLength(2 * LIMITS.placeholders);
  });
});
