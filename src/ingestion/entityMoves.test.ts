import { fromTarget, LocatedFile } from '../catalog-tables/EmittedLocation';
import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { decideEntityMoves, entityRefsIn } from './entityMoves';

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

describe('entityRefsIn', () => {
  const component = (name: string) =>
    `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n`;
  const refsIn = (text: string) =>
    entityRefsIn(Buffer.from(text), file('shop').target);

  it('finds the entities of all documents of a file', () => {
    expect(refsIn(`${component('foo')}---\n${component('bar')}`)).toEqual([
      FOO,
      'component:default/bar',
    ]);
  });

  it.each([
    ['an alias without an anchor', `${component('foo')}---\na: *nothing\n`],
    ['a document that is not YAML', `${component('foo')}---\na: [\n`],
    ['a document that is not an object', `${component('foo')}---\n- a\n`],
    ['too many aliases', bomb()],
  ])('knows nothing of a file with %s', (_, text) => {
    expect(refsIn(text)).toBeUndefined();
  });

  it.each(['kind: {}\n', 'kind: Component\nmetadata: 1\n'])(
    'leaves out what is not an entity: %j',
    text => {
      expect(refsIn(`${component('foo')}---\n${text}`)).toEqual([FOO]);
    },
  );
});

/** Each line has ten times what the one before has. */
function bomb(): string {
  const lines = [...'bcdefghij'].map((name, index) => {
    const before = `*${'abcdefghij'[index]}`;
    return `${name}: &${name} [${Array(10).fill(before).join(', ')}]`;
  });
  return ['a: &a [x]', ...lines].join('\n');
}
