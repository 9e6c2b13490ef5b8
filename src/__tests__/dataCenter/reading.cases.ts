import { Entity } from '@backstage/catalog-model';
import { SimulatedInstance } from '../../../dev/simulator/data-center';
import {
  componentFile,
  DatabaseServer,
  describeWorld,
  until,
} from '../../../testing';
import { addMono, FILE, file, OneInstance, SECRET, TOKEN } from './OneInstance';

function createInstance(): SimulatedInstance {
  const instance = new SimulatedInstance();
  const pay = instance.addProject('PAY');
  instance.addProject('~JANE');
  instance.addRepository('PAY', { slug: 'api', files: file('main') });
  pay.push('api', file('on-tag'), { branch: 'tagged' });
  pay.createTag('api', 'v2', { from: 'tagged' });
  pay.push('api', file('on-branch'), { branch: 'feature/x' });
  pay.push('api', file('at-hash'), { branch: 'other' });
  addMono(instance, 'PAY');
  instance.addRepository('PAY', { slug: 'plain', files: file('by-raw') });
  instance.addRepository('PAY', { slug: 'moves', files: file('moves') });
  instance.addRepository('PAY', { slug: 'pushed', files: file('pushed') });
  instance.addRepository('PAY', { slug: 'empty' });
  instance.addRepository('~JANE', { slug: 'dotfiles', files: file('of-jane') });
  return instance;
}

async function start(databases: DatabaseServer): Promise<OneInstance> {
  const world = await OneInstance.start(databases, createInstance(), {
    entry: { freshness: { hours: 1 } },
    catalog: { scmEvents: true },
  });
  const { instance, deliveriesUrl } = world;
  instance.hooks.add(instance.project('PAY'), {
    url: deliveriesUrl,
    events: ['repo:refs_changed', 'repo:modified'],
    secret: SECRET,
  });
  return world;
}

/** One backend without a provider, in which people register what is on an instance. */
describeWorld('registered locations of Bitbucket Data Center', start, world => {
  const page = (slug: string) => world().page('PAY', slug);

  async function register(target: string, dryRun = false) {
    const answer = await world().backend.post(
      `locations${dryRun ? '?dryRun=true' : ''}`,
      { type: 'url', target },
    );
    return { status: answer.status, body: await answer.json() };
  }

  async function find(name: string): Promise<Entity | undefined> {
    const entities = await world().backend.entities('component');
    return entities.find(({ metadata }) => metadata.name === name);
  }

  /** The component of a name, once it is there. */
  async function shown(name: string): Promise<Entity> {
    let found: Entity | undefined;
    await until(
      async () => {
        found = await find(name);
        return found !== undefined;
      },
      async () =>
        `the component ${name}; there are ${await world().backend.names()}. Logged: ${world().backend.messages().join('; ')}`,
    );
    return found!;
  }

  const annotation = ({ metadata }: Entity, name: string) =>
    metadata.annotations?.[`backstage.io/${name}`];

  it.each([
    ['the default branch', () => `${page('api')}/browse/${FILE}`, 'main'],
    [
      'a branch, as a browser shows it',
      () => `${page('api')}/browse/${FILE}?at=refs%2Fheads%2Ffeature%2Fx`,
      'on-branch',
    ],
    ['a tag', () => `${page('api')}/browse/${FILE}?at=v2`, 'on-tag'],
    [
      'a commit',
      () =>
        `${page('api')}/browse/${FILE}?at=${world().instance.repository('PAY', 'api').branches.get('other')?.hash}`,
      'at-hash',
    ],
    ['the content alone', () => `${page('plain')}/raw/${FILE}`, 'by-raw'],
    [
      'a personal project',
      () =>
        `${world().simulator.baseUrl}/users/jane/repos/dotfiles/browse/${FILE}`,
      'of-jane',
    ],
  ])('are read at %s', async (_, url, name) => {
    expect(await register(url())).toMatchObject({ status: 201 });
    const entity = await shown(name);
    const written = url();
    expect(annotation(entity, 'managed-by-location')).toBe(`url:${written}`);
    const editUrl = annotation(entity, 'edit-url');
    const at = new URL(url()).searchParams.get('at');
    expect(new URL(`${editUrl}`).pathname).toBe(new URL(written).pathname);
    const shownAt = new URL(`${editUrl}`).searchParams.get('at');
    expect(`${shownAt}`.replace(/^refs\/(heads|tags)\//, '')).toBe(
      `${at}`.replace(/^refs\/heads\//, ''),
    );
  });

  it('of a glob know their files at the ref that it names, as it writes it', async () => {
    const { status } = await register(
      `${page('mono')}/browse/*/catalog-info.yaml`,
    );
    expect(status).toBe(201);
    expect(annotation(await shown('in-b-c'), 'managed-by-location')).toBe(
      `url:${page('mono')}/browse/b%20c/catalog-info.yaml`,
    );
    await register(`${page('mono')}/browse/d*/catalog-info.yaml?at=more`);
    expect(annotation(await shown('in-d'), 'managed-by-location')).toBe(
      `url:${page('mono')}/browse/d/catalog-info.yaml?at=more`,
    );
  });

  it.each<[string, () => string, string]>([
    [
      'a repository that is not there',
      () => `${page('none')}/browse/${FILE}`,
      'PAY/none',
    ],
    [
      'a project that is not there',
      () =>
        `${world().simulator.baseUrl}/projects/NONE/repos/api/browse/${FILE}`,
      'NONE',
    ],
    [
      'a branch that is not there',
      () => `${page('api')}/browse/${FILE}?at=refs/heads/feature`,
      'Its branches are feature/x, main, other and tagged',
    ],
    [
      'a file that is called otherwise',
      () => `${page('api')}/browse/catalog-info.yml?at=feature/x`,
      `Did you mean URL/browse/${FILE}?at=feature/x?`,
    ],
    [
      'a folder without a catalog file',
      () => `${page('mono')}/browse?at=more`,
      'URL/browse/**/catalog-info.yaml?at=more',
    ],
    [
      'an empty repository',
      () => `${page('empty')}/browse/${FILE}`,
      'is empty',
    ],
    [
      'a page that is not one of a file',
      () => `${page('api')}/pull-requests/1`,
      'is not a file, a folder or a repository',
    ],
  ])(
    'say what is wrong with %s, in the words of the product',
    async (_, url, says) => {
      const { body } = await register(url(), true);
      const { error } = body as { error: { message: string } };
      const { message } = error;
      expect(message.replaceAll(/http\S*?\/repos\/[a-z]+/g, 'URL')).toContain(
        says,
      );
      expect(message).not.toMatch(/workspace/i);
      expect(message).not.toContain(TOKEN);
    },
  );

  it('follow pushes, at the cost of what has changed', async () => {
    await register(`${page('pushed')}/browse/${FILE}`);
    await shown('pushed');
    world().simulator.requests.clear();
    world()
      .instance.project('PAY')
      .push('pushed', { [FILE]: componentFile('pushed-again') });
    await shown('pushed-again');
    expect(
      world().simulator.requests.entries.map(({ endpoint }) => endpoint),
    ).toEqual(['repository', 'branchesDefault', 'raw']);
  });

  it('move with their repository, and with their file', async () => {
    await register(`${page('moves')}/browse/${FILE}`);
    await shown('moves');
    world().instance.rename(
      world().instance.repository('PAY', 'moves'),
      'moved',
    );
    await until(async () => {
      const entity = await find('moves');
      return (
        entity !== undefined &&
        annotation(entity, 'managed-by-location') ===
          `url:${page('moved')}/browse/${FILE}`
      );
    }, 'the location to move with its repository');
    world()
      .instance.project('PAY')
      .push('moved', {
        [FILE]: null,
        'docs/catalog.yaml': componentFile('moves'),
      });
    await until(async () => {
      const entity = await find('moves');
      return (
        entity !== undefined &&
        annotation(entity, 'managed-by-location') ===
          `url:${page('moved')}/browse/docs/catalog.yaml`
      );
    }, 'the location to move with its file');
    const answer = await world().backend.get('locations');
    expect(JSON.stringify(await answer.json())).toContain(
      `${page('moved')}/browse/docs/catalog.yaml"`,
    );
  });

  it('leave no error and no workspace in the log', () => {
    expect(world().host).toContain(':');
    expect(world().backend.messages('error')).toEqual([]);
    expect(world().backend.messages('info', 'warn').join('\n')).not.toMatch(
      /workspace/i,
    );
  });
});
