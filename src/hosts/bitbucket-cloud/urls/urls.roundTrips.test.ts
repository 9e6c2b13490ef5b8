import { InputError } from '@backstage/errors';
import fc from 'fast-check';
import { parseUrl, toFileUrl, toUrl } from './bitbucketCloudUrls';

/** A slug of a workspace or repository. */
const slug = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,20}$/);

/** Whatever a segment of a path may be called. */
const segment = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter(name => !/[/\0]/.test(name) && !/^\.{1,2}$/.test(name));

const path = fc.array(segment, { minLength: 1, maxLength: 5 });

/** Git allows none of these in the name of a branch, and no empty part. */
const branch = fc
  .array(
    segment.filter(name => !/[\s~^:?*[\\]/.test(name)),
    { minLength: 1, maxLength: 3 },
  )
  .map(parts => parts.join('/'));

const file = fc.record({ workspace: slug, repository: slug, branch, path });

describe('the URL of a file', () => {
  it('says what it was made of, and is made of that again', () => {
    fc.assert(
      fc.property(
        file,
        ({ workspace, repository, branch: ref, path: names }) => {
          const fullName = `${workspace}/${repository}`;
          const built = toFileUrl(fullName, ref, names.join('/'));
          const parsed = parseUrl(built);
          expect(parsed).toEqual({
            fullName,
            isById: false,
            segments: [ref, ...names],
            isPlain: true,
          });
          expect(toUrl(parsed)).toBe(built);
          expect(new URL(built).href).toBe(built);
        },
      ),
    );
  });

  it.each<[string, (url: string, path: string[], ref: string) => string]>([
    ['the raw view', url => url.replace('/src/', '/raw/')],
    ['a line of it', url => `${url}#lines-12`],
    ['www', url => url.replace('//', '//www.')],
    ['upper case', url => url.replace('bitbucket.org', 'BitBucket.ORG')],
    ['a slash at the end', url => `${url}/`],
    ['other parameters', url => `${url}?mode=edit&viewer=nothing`],
    ['a user', url => url.replace('//', '//jane@')],
    [
      'the page at a commit',
      (url, names, ref) =>
        `${url.split('/src/')[0]}/src/0123abc/${names
          .map(encodeURIComponent)
          .join('/')
          .replaceAll('*', '%2A')}?at=${encodeURIComponent(ref)}`,
    ],
    [
      'the path in the query',
      (url, names, ref) =>
        `${url.split('/src/')[0]}/src?at=${encodeURIComponent(
          ref,
        )}&path=${encodeURIComponent(names.join('/')).replaceAll('*', '%2A')}`,
    ],
  ])('is the same for %s', (_, write) => {
    fc.assert(
      fc.property(
        file,
        ({ workspace, repository, branch: ref, path: names }) => {
          const fullName = `${workspace}/${repository}`;
          const built = toFileUrl(fullName, ref, names.join('/'));
          expect(toUrl(parseUrl(write(built, names, ref)))).toBe(built);
        },
      ),
    );
  });
});

describe('any other URL', () => {
  const piece = fc.oneof(
    segment,
    fc.webQueryParameters(),
    fc.constantFrom(
      'src',
      'raw',
      'main',
      '**',
      '*.yaml',
      '%2A',
      '%2F',
      '%',
      '..',
      '?at=',
      '&path=',
      '#',
      '{',
      '.git',
    ),
  );

  /** The one way to write a URL, or why it is refused. */
  function rewrite(url: string): string | InputError {
    try {
      return toUrl(parseUrl(url));
    } catch (error) {
      if (error instanceof InputError) {
        return error;
      }
      throw error;
    }
  }

  it('is refused with an InputError, or means the same however often it is written', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), pieces => {
        const url = `https://bitbucket.org/${pieces.join('/')}`;
        const written = rewrite(url);
        expect(
          written instanceof InputError || rewrite(written) === written,
        ).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
