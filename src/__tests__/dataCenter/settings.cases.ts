import { JsonObject } from '@backstage/types';
import { SimulatedInstance } from '../../../dev/simulator/data-center';
import {
  componentFile,
  DatabaseServer,
  describeWorld,
  ON_DEMAND,
} from '../../../testing';
import { FILE, file, OneInstance } from './OneInstance';

/** Each reads what belongs to one project, so that all share a backend. */
const PROVIDERS: Record<string, JsonObject> = {
  branches: {
    filters: { projectKey: '^BRANCH$' },
    branch: 'production',
    fallbackToDefaultBranch: true,
  },
  paths: {
    filters: { projectKey: '^PATH$', exclude: { repoSlug: '-old$' } },
    catalogPath: ['/catalog-info.yaml', '/services/*/catalog.{yml,yaml}'],
  },
  visible: { filters: { projectKey: '^VIS$', visibility: 'public' } },
  archives: { filters: { projectKey: '^ARC$', skipArchivedRepos: true } },
  personal: { filters: { projectKey: '^~' } },
};

async function start(databases: DatabaseServer): Promise<OneInstance> {
  const instance = new SimulatedInstance();
  fill(instance);
  return OneInstance.start(databases, instance, {
    providers: host =>
      Object.fromEntries(
        Object.entries(PROVIDERS).map(([id, provider]) => [
          id,
          { host, ...ON_DEMAND, ...provider },
        ]),
      ),
  });
}

describeWorld(
  'providers of Bitbucket Data Center with settings of their own',
  start,
  world => {
    const COMPONENTS = [
      'active',
      'by-default',
      'in-a',
      'in-b',
      'in-production',
      'of-jane',
      'root',
      'seen',
    ];

    const pathsOf = async (project: string) =>
      (await world().backend.targets())
        .filter(target => target.includes(`/${project}/`))
        .map(target => target.replace(/.*\/repos\//, ''));

    it('fill the catalog with what they ask for, and nothing else', async () => {
      await world().backend.hasComponents(COMPONENTS);
      expect(world().backend.messages()).toEqual([]);
    });

    it('read a branch, and the default branch of repositories that lack it', async () => {
      expect(await pathsOf('BRANCH')).toEqual([
        `both/browse/${FILE}?at=refs%2Fheads%2Fproduction`,
        `main-only/browse/${FILE}`,
      ]);
    });

    it('read lists of paths and globs, and leave out what is excluded', async () => {
      expect(await pathsOf('PATH')).toEqual([
        `mono/browse/${FILE}`,
        'mono/browse/services/a/catalog.yml',
        'mono/browse/services/b/catalog.yaml',
      ]);
    });

    it('cost one request for the list and none for the repositories when nothing has changed', async () => {
      // Where a branch was not found, it is asked for once more.
      await world().backend.walk('branches');
      world().simulator.requests.clear();
      for (const id of Object.keys(PROVIDERS)) {
        await world().backend.walk(id);
      }
      expect(
        world().simulator.requests.entries.map(({ endpoint }) => endpoint),
      ).toEqual(Object.keys(PROVIDERS).map(() => 'repositories'));
      await world().backend.hasComponents(COMPONENTS);
    });

    it('follow repositories that are filled, archived, hidden and published, and ones with another default branch', async () => {
      const { backend, instance, host } = world();
      instance.project('PATH').push('empty', file('filled'));
      instance.setArchived(instance.repository('ARC', 'active'));
      instance.setArchived(instance.repository('ARC', 'archived'), false);
      instance.repository('VIS', 'seen').isPrivate = true;
      instance.repository('VIS', 'hidden').isPrivate = false;
      // The walk asks for the heads again, whatever their age.
      await backend.post('bitbucket/forget', { workspace: host });
      for (const id of Object.keys(PROVIDERS)) {
        await backend.walk(id);
      }
      await backend.hasComponents([
        'archived',
        'by-default',
        'filled',
        'hidden',
        'in-a',
        'in-b',
        'in-production',
        'of-jane',
        'root',
      ]);
      expect(backend.messages('error')).toEqual([]);
    });
  },
);

function fill(instance: SimulatedInstance): void {
  for (const key of ['BRANCH', 'PATH', 'VIS', 'ARC', '~JANE', 'OTHER']) {
    instance.addProject(key);
  }
  const branches = instance.project('BRANCH');
  instance.addRepository('BRANCH', { slug: 'both', files: file('not-this') });
  branches.push('both', file('in-production'), { branch: 'production' });
  instance.addRepository('BRANCH', {
    slug: 'main-only',
    files: file('by-default'),
  });
  instance.addRepository('PATH', {
    slug: 'mono',
    files: {
      ...file('root'),
      'services/a/catalog.yml': componentFile('in-a'),
      'services/b/catalog.yaml': componentFile('in-b'),
      'services/b/deep/catalog.yaml': componentFile('too-deep'),
    },
  });
  instance.addRepository('PATH', { slug: 'mono-old', files: file('old') });
  instance.addRepository('PATH', { slug: 'empty' });
  const absent = instance.addRepository('PATH', {
    slug: 'absent',
    files: file('not-on-default'),
  });
  instance.setDefaultBranch(absent, 'does-not-exist');
  instance.addRepository('VIS', {
    slug: 'seen',
    isPrivate: false,
    files: file('seen'),
  });
  instance.addRepository('VIS', { slug: 'hidden', files: file('hidden') });
  instance.addRepository('ARC', { slug: 'active', files: file('active') });
  instance.setArchived(
    instance.addRepository('ARC', {
      slug: 'archived',
      files: file('archived'),
    }),
  );
  instance.addRepository('~JANE', { slug: 'notes', files: file('of-jane') });
  instance.addRepository('OTHER', { slug: 'other', files: file('other') });
}
