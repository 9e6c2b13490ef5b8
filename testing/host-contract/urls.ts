import { InputError } from '@backstage/errors';
import fc from 'fast-check';
import { withoutUser } from '../../src/scm/urls';
import { Shop } from './shop';

/** Whatever a segment of a path may be called. */
const segment = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter(name => !/[/\0]/.test(name) && !/^\.{1,2}$/.test(name));
const path = fc.array(segment, { minLength: 1, maxLength: 4 });
/** Git allows none of these in the name of a branch. */
const branch = fc
  .array(
    segment.filter(name => !/[\s~^:?*[\\]/.test(name)),
    { minLength: 1, maxLength: 3 },
  )
  .map(parts => parts.join('/'));

const elsewhere = path.map(names => `https://example.org/${names.join('/')}`);

export function describeUrls(shop: () => Shop): void {
  it('reads the URL of a file as the repository, ref and path that it was made of', async () => {
    const { urls } = shop().host;
    const { fullName } = await shop().find();
    fc.assert(
      fc.property(branch, path, (ref, names) => {
        const url = urls.file(fullName, ref, names.join('/'));
        const { at, segments, query, ...parsed } = urls.parse(url);
        expect(at === undefined ? segments : [at, ...segments]).toEqual([
          ref,
          ...names,
        ]);
        expect(parsed).toEqual({ fullName, isById: false, isPlain: true });
        expect(query ?? '').toBe(
          urls.refPlace === 'query' ? new URL(url).search : '',
        );
        expect(urls.matches(new URL(url))).toBe(true);
        expect(url.startsWith(urls.repositoryPart(url))).toBe(true);
      }),
      { examples: [['feature/a#b', ['ü #1', '100%', '*.yaml', '?a=b&c']]] },
    );
  });

  it('knows the place of a file, however its URL is written', async () => {
    const { host, world } = shop();
    const { urls } = host;
    const { fullName } = await shop().find();
    const url = urls.file(fullName, 'feature/x', 'docs/a b.yaml');
    const placeOf = (written: string) => urls.place(urls.parse(written));
    const spellings = world.spellings(url);
    expect(spellings.map(placeOf)).toEqual(spellings.map(() => placeOf(url)));
    const others = [
      urls.file(fullName, 'feature/x', 'docs/a.yaml'),
      urls.file(fullName, 'feature/y', 'docs/a b.yaml'),
      urls.file(`${fullName}2`, 'feature/x', 'docs/a b.yaml'),
      urls.repository(fullName),
    ];
    expect(others.map(placeOf)).not.toContain(placeOf(url));
  });

  it('reads an unencoded * as a wildcard, and the URL of a repository as its root', async () => {
    const { urls } = shop().host;
    const { fullName } = await shop().find();
    const url = urls.file(fullName, 'main', 'docs/FILE.yaml');
    const { pattern } = urls.parse(url.replace('FILE', '*'));
    expect(pattern?.at(-1)).toBe('*.yaml');
    expect(urls.parse(urls.repository(fullName))).toMatchObject({
      fullName,
      segments: [],
    });
  });

  it('names a text that is in every URL of a file of a repository', async () => {
    const { urls } = shop().host;
    const { fullName, uuid: id } = await shop().find();
    const url = urls.file(fullName, 'main', 'a.yaml').toLowerCase();
    const texts = urls.mentions({ id, fullNames: [fullName.toLowerCase()] });
    expect(texts.some(text => url.includes(text))).toBe(true);
    expect(texts).toEqual(texts.map(text => text.toLowerCase()));
  });

  it('refuses any other URL with an InputError that shows no user information', () => {
    const { urls } = shop().host;
    const foreign = 'https://jane:secret@example.org/acme/shop/src/main/a.yaml';
    expect(urls.matches(new URL(foreign))).toBe(false);
    expect(() => urls.parse(foreign)).toThrow(InputError);
    expect(() => urls.parse(foreign)).not.toThrow(/secret/);
    expect(withoutUser(foreign)).not.toContain('jane');
    fc.assert(
      fc.property(fc.oneof(fc.string(), elsewhere), url => {
        expect(() => urls.parse(url)).toThrow(InputError);
        expect(urls.edit(url)).toBeUndefined();
      }),
    );
  });
}
