import { Entity } from '@backstage/catalog-model';
import eventsPlugin from '@backstage/plugin-events-backend';
import {
  DataCenterSimulator,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../dev/simulator/data-center';
import bitbucketDataCenter from '../../dataCenter';
import {
  componentFile,
  configForDataCenter,
  DATABASES,
  DatabaseServer,
  TestBackend,
  until,
} from '../../../testing';

const FILE = 'catalog-info.yaml';
const TOKEN = 'not-to-be-shown';
const SECRET = 'of-the-webhook';

/** One backend without a provider, in which people register what is on an instance. */
describe.each(DATABASES)(
  'registered locations of Bitbucket Data Center, in %s',
  (_, startServer) => {
    const instance = new SimulatedInstance();
    let databases: DatabaseServer;
    let simulator: DataCenterSimulator;
    let backend: TestBackend;
    let host: string;

    beforeAll(async () => {
      databases = await startServer();
      const pay = instance.addProject('PAY');
      instance.addProject('~JANE');
      const files = (name: string) => ({ [FILE]: componentFile(name) });
      instance.addRepository('PAY', { slug: 'api', files: files('main') });
      pay.push('api', files('on-tag'), { branch: 'tagged' });
      pay.createTag('api', 'v2', { from: 'tagged' });
      pay.push('api', files('on-branch'), { branch: 'feature/x' });
      pay.push('api', files('at-hash'), { branch: 'other' });
      instance.addRepository('PAY', {
        slug: 'mono',
        files: {
          'a/catalog-info.yaml': componentFile('in-a'),
          'b c/catalog-info.yaml': componentFile('in-b-c'),
        },
      });
      pay.push(
        'mono',
        { 'd/catalog-info.yaml': componentFile('in-d') },
        { branch: 'more' },
      );
      instance.addRepository('PAY', { slug: 'plain', files: files('by-raw') });
      instance.addRepository('PAY', { slug: 'moves', files: files('moves') });
      instance.addRepository('PAY', { slug: 'pushed', files: files('pushed') });
      instance.addRepository('PAY', { slug: 'empty' });
      instance.addRepository('~JANE', {
        slug: 'dotfiles',
        files: files('of-jane'),
      });
      simulator = await startDataCenterSimulator({
        instance,
        contextPath: '/bitbucket',
        accounts: [{ kind: 'userToken', name: 'catalog', token: TOKEN }],
      });
      host = new URL(simulator.baseUrl).host;
      const { integrations } = configForDataCenter(simulator, () => ({}), {
        token: TOKEN,
        freshness: { hours: 1 },
      });
      backend = await TestBackend.start({
        product: 'bitbucketServer',
        database: databases.createDatabase(),
        features: [bitbucketDataCenter, eventsPlugin],
        config: {
          integrations,
          catalog: { processingInterval: { hours: 24 }, scmEvents: true },
          events: {
            useEventBus: 'never',
            modules: { bitbucketServer: { webhookSecret: SECRET } },
          },
        },
      });
      instance.hooks.add(pay, {
        url: `${backend.baseUrl}/api/events/http/bitbucketServer`,
        events: ['repo:refs_changed', 'repo:modified'],
        secret: SECRET,
      });
    });

    afterAll(async () => {
      const logged = JSON.stringify(backend.logs);
      expect([TOKEN, SECRET].filter(text => logged.includes(text))).toEqual([]);
      await backend?.stop();
      await simulator?.stop();
      await databases.stop();
    });

    const page = (slug: string) =>
      `${simulator.baseUrl}/projects/PAY/repos/${slug}`;

    async function register(target: string, dryRun = false) {
      const answer = await backend.post(
        `locations${dryRun ? '?dryRun=true' : ''}`,
        { type: 'url', target },
      );
      return { status: answer.status, body: await answer.json() };
    }

    async function find(name: string): Promise<Entity | undefined> {
      const entities = await backend.entities('component');
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
          `the component ${name}; there are ${await backend.names()}. Logged: ${backend.messages().join('; ')}`,
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
          `${page('api')}/browse/${FILE}?at=${instance.repository('PAY', 'api').branches.get('other')?.hash}`,
        'at-hash',
      ],
      ['the content alone', () => `${page('plain')}/raw/${FILE}`, 'by-raw'],
      [
        'a personal project',
        () => `${simulator.baseUrl}/users/jane/repos/dotfiles/browse/${FILE}`,
        'of-jane',
      ],
    ])('are read at %s', async (__, url, name) => {
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
        () => `${simulator.baseUrl}/projects/NONE/repos/api/browse/${FILE}`,
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
      async (__, url, says) => {
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
      simulator.requests.clear();
      instance
        .project('PAY')
        .push('pushed', { [FILE]: componentFile('pushed-again') });
      await shown('pushed-again');
      expect(
        simulator.requests.entries.map(({ endpoint }) => endpoint),
      ).toEqual(['repository', 'branchesDefault', 'raw']);
    });

    it('move with their repository, and with their file', async () => {
      await register(`${page('moves')}/browse/${FILE}`);
      await shown('moves');
      instance.rename(instance.repository('PAY', 'moves'), 'moved');
      await until(async () => {
        const entity = await find('moves');
        return (
          entity !== undefined &&
          annotation(entity, 'managed-by-location') ===
            `url:${page('moved')}/browse/${FILE}`
        );
      }, 'the location to move with its repository');
      instance.project('PAY').push('moved', {
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
      const answer = await backend.get('locations');
      expect(JSON.stringify(await answer.json())).toContain(
        `${page('moved')}/browse/docs/catalog.yaml"`,
      );
    });

    it('leave no error and no workspace in the log', () => {
      expect(host).toContain(':');
      expect(backend.messages('error')).toEqual([]);
      expect(backend.messages('info', 'warn').join('\n')).not.toMatch(
        /workspace/i,
      );
    });
  },
);
