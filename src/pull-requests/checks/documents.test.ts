import { parseCatalogFile } from './documents';

const parse = (text: string) => parseCatalogFile(Buffer.from(text));

const FILE = `# first
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  annotations:
    acme.com/x: y
  tags:
    - a
    - b
spec:
  type: service
---
# second

kind: API
metadata: { name: Shop-API, namespace: Sales }
other: &spec { type: openapi }
spec: *spec
`;

describe('parseCatalogFile', () => {
  const [first, second] = parse(FILE).documents;

  it.each([
    [undefined, 2],
    ['', 2],
    ['/kind', 3],
    ['/metadata/name', 5],
    ['/metadata/annotations/acme.com~1x', 7],
    ['/metadata/tags/1', 10],
    ['/spec/owner', 11],
    ['/metadata/links/0/url', 4],
    ['/nowhere', 2],
  ])('finds the line of %s', (pointer, line) => {
    expect(first.lineOf(pointer)).toBe(line);
  });

  it('finds lines of later documents, and keeps an alias in its own place', () => {
    expect(second.lineOf()).toBe(16);
    expect(second.lineOf('/spec/type')).toBe(19);
  });

  it('gives references in lower case', () => {
    expect([first.entityRef, second.entityRef]).toEqual([
      'component:default/shop',
      'api:sales/shop-api',
    ]);
  });

  it.each([
    ['kind: 3\nmetadata: { name: x }\n'],
    ['kind: A\nmetadata: x\n'],
    ['kind: A\nmetadata: { name: 1 }\n'],
    ['kind: A\nmetadata: { name: x, namespace: [] }\n'],
  ])('gives no reference for %j', text => {
    expect(parse(text).documents[0].entityRef).toBeUndefined();
  });

  it.each([
    ['a: "text\n', 2, 'This is not valid YAML: Missing closing "quote.'],
    [
      'ok: 1\n---\na: b: c\n',
      3,
      'This is not valid YAML: Nested mappings are not allowed in compact mappings.',
    ],
    [
      '- a\n',
      1,
      'An entity must be a map with apiVersion, kind and metadata, but this YAML document is a list.',
    ],
    [
      '\n\ntext\n',
      3,
      'An entity must be a map with apiVersion, kind and metadata, but this YAML document is a string.',
    ],
    [
      'a: *b\n',
      1,
      'This YAML document cannot be read: Unresolved alias (the anchor must be set before the alias): b.',
    ],
  ])('says what is wrong with %j', (text, line, message) => {
    expect(parse(text).broken).toEqual([{ line, message }]);
  });

  it('takes empty documents and comments for nothing', () => {
    expect(parse('# a\n---\n# b\n---\n')).toEqual({
      documents: [],
      broken: [],
    });
    expect(parse('')).toEqual({ documents: [], broken: [] });
  });

  it('refuses a file that is too large, and an entity whose aliases expand to too much', () => {
    expect(parse('x'.repeat(1024 * 1024 + 1)).tooComplex).toBe(
      'it is larger than 1 MiB',
    );
    const bomb = `a: &a "${'x'.repeat(100_000)}"\nb: [${'*a,'.repeat(99)}]\n`;
    expect(parse(bomb).documents[0].tooComplex).toBe(
      'its aliases expand to too much',
    );
    const laughs = ['a0: &a0 [x, x]'];
    for (let level = 1; level < 30; level += 1) {
      laughs.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`);
    }
    expect(parse(laughs.join('\n')).broken).toEqual([
      { line: 1, message: expect.stringContaining('Excessive alias count') },
    ]);
  });
});
