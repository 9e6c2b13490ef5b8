import { fromTarget, LocatedFile } from '../catalog-tables/EmittedLocation';
import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { decideEntityMoves } from './entityMoves';

function file(slug: string): LocatedFile {
  const target = `https://bitbucket.org/acme/${slug}/src/main/catalog-info.yaml`;
  return fromTarget(bitbucketCloudUrls, target)!;
}

const FOO = 'component:default/foo';

/** The catalog has it from the file of a repository. */
const fooOf = (slug: string) => ({
  entityRef: FOO,
  name: 'foo',
  target: file(slug).target,
});

const defines = (slug: string, ...refs: string[]) => ({
  file: file(slug),
  refs: new Set(refs),
});

const unreadable = (slug: string) => ({ file: file(slug), refs: undefined });

describe('decideEntityMoves', () => {
  it.each([
    [
      'gives an entity to the file that defines it now',
      [defines('old'), defines('new', FOO)],
      'new',
    ],
    [
      'gives an entity that no file has any more to one that defines it',
      [defines('new', FOO)],
      'new',
    ],
    [
      'leaves an entity to the file that still defines it',
      [defines('old', FOO), defines('new', FOO)],
      undefined,
    ],
    [
      'leaves an entity to a file that cannot be read or parsed',
      [unreadable('old'), defines('new', FOO)],
      undefined,
    ],
    [
      'gives nothing to a file that cannot be read or parsed',
      [defines('old'), unreadable('new')],
      undefined,
    ],
    [
      'gives an entity to one of several files that define it',
      [defines('old'), defines('first', FOO), defines('second', FOO)],
      'first',
    ],
  ])('%s', (_, files, taker) => {
    const move = taker && {
      entityRef: FOO,
      from: file('old').target,
      to: file(taker),
    };
    expect(decideEntityMoves([fooOf('old')], files)).toEqual(
      move ? [move] : [],
    );
  });
});
