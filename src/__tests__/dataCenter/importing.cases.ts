import {
  DataCenterSimulator,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../dev/simulator/data-center';
import { analyze } from '../../../testing/analyzeLocation';
import bitbucketDataCenter from '../../dataCenter';
import {
  componentFile,
  configForDataCenter,
  DATABASES,
  DatabaseServer,
  ON_DEMAND,
  TestBackend,
  withoutRereads,
} from '../../../testing';

const FILE = 'catalog-info.yaml';

type Existing = {
  location: { target: string };
  isRegistered: boolean;
  entity: { metadata: { name: string } };
};

/** One backend with a provider that reads the project PAY, and none for OPS. */
describe.each(DATABASES)(
  'catalog-import from Bitbucket Data Center, in %s',
  (_, startServer) => {
    const instance = new SimulatedInstance();
    let databases: DatabaseServer;
    let simulator: DataCenterSimulator;
    let backend: TestBackend;

    beforeAll(async () => {
      databases = await startServer();
      for (const key of ['PAY', 'OPS']) {
        instance.addProject(key);
        for (const slug of ['api', 'cloned']) {
          instance.addRepository(key, {
            slug,
            files: { [FILE]: componentFile(`${slug}-${key.toLowerCase()}`) },
          });
        }
      }
      instance.addRepository('OPS', {
        slug: 'mono',
        files: {
          'a/catalog-info.yaml': componentFile('in-a'),
          'b c/catalog-info.yaml': componentFile('in-b-c'),
        },
      });
      instance
        .project('OPS')
        .push(
          'mono',
          { 'd/catalog-info.yaml': componentFile('in-d') },
          { branch: 'more' },
        );
      simulator = await startDataCenterSimulator({
        instance,
        contextPath: '/bitbucket',
      });
      backend = await TestBackend.start({
        product: 'bitbucketServer',
        database: databases.createDatabase(),
        features: [bitbucketDataCenter],
        config: withoutRereads(
          configForDataCenter(simulator, host => ({
            host,
            filters: { projectKey: '^PAY$' },
            ...ON_DEMAND,
          })),
        ),
      });
      await backend.hasComponents(['api-pay', 'cloned-pay']);
    });

    afterAll(async () => {
      await backend?.stop();
      await simulator?.stop();
      await databases.stop();
    });

    const page = (project: string, slug: string) =>
      `${simulator.baseUrl}/projects/${project}/repos/${slug}`;

    async function existingAt(url: string): Promise<Existing[]> {
      const { status, body } = await analyze(backend, url);
      expect(status).toBe(200);
      const { existingEntityFiles } = body as {
        existingEntityFiles: Existing[];
      };
      return existingEntityFiles;
    }

    const ways = [
      ['the repository', ''],
      ['its pages', '/browse'],
      ['the default branch in the URL', '/browse?at=refs%2Fheads%2Fmain'],
      ['the name of the default branch alone', '/browse?at=main'],
      ['the file', `/browse/${FILE}`],
      ['the file on the default branch', `/browse/${FILE}?at=refs/heads/main`],
      ['the content of the file', `/raw/${FILE}`],
      ['a glob on the default branch', '/browse/*.yaml?at=refs%2Fheads%2Fmain'],
    ] as const;

    it.each(ways)(
      'finds what a provider reads under its own Location by %s',
      async (__, way) => {
        const existing = await existingAt(`${page('PAY', 'api')}${way}`);
        expect(existing).toMatchObject([
          {
            location: { target: `${page('PAY', 'api')}/browse/${FILE}` },
            isRegistered: true,
            entity: { metadata: { name: 'api-pay' } },
          },
        ]);
        expect(await backend.targets()).toContain(existing[0].location.target);
      },
    );

    it.each(ways)(
      'imports a file by the Location that a provider would have by %s',
      async (__, way) => {
        expect(await existingAt(`${page('OPS', 'api')}${way}`)).toMatchObject([
          {
            location: { target: `${page('OPS', 'api')}/browse/${FILE}` },
            isRegistered: false,
          },
        ]);
      },
    );

    it('keeps another branch in the Location, as the URL writes it', async () => {
      const existing = await existingAt(
        `${page('OPS', 'mono')}/browse?at=more`,
      );
      expect(existing.map(({ location }) => location.target)).toEqual([
        `${page('OPS', 'mono')}/browse/a/catalog-info.yaml?at=more`,
        `${page('OPS', 'mono')}/browse/b%20c/catalog-info.yaml?at=more`,
        `${page('OPS', 'mono')}/browse/d/catalog-info.yaml?at=more`,
      ]);
    });

    it('takes the URL to clone a repository by', async () => {
      const url = `${simulator.baseUrl}/scm/ops/cloned.git`;
      expect(await existingAt(url)).toMatchObject([
        {
          location: { target: `${page('OPS', 'cloned')}/browse/${FILE}` },
          entity: { metadata: { name: 'cloned-ops' } },
        },
      ]);
    });
  },
);
