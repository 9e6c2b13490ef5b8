import { SimulatedInstance } from '../../../dev/simulator/data-center';
import { DatabaseServer, describeWorld, ON_DEMAND } from '../../../testing';
import { analyze } from '../../../testing/analyzeLocation';
import { addMono, FILE, file, OneInstance } from './OneInstance';

type Existing = {
  location: { target: string };
  isRegistered: boolean;
  entity: { metadata: { name: string } };
};

async function start(databases: DatabaseServer): Promise<OneInstance> {
  const instance = new SimulatedInstance();
  for (const key of ['PAY', 'OPS']) {
    instance.addProject(key);
    for (const slug of ['api', 'cloned']) {
      const files = file(`${slug}-${key.toLowerCase()}`);
      instance.addRepository(key, { slug, files });
    }
  }
  addMono(instance, 'OPS');
  const world = await OneInstance.start(databases, instance, {
    providers: host => ({
      host,
      filters: { projectKey: '^PAY$' },
      ...ON_DEMAND,
    }),
  });
  await world.backend.hasComponents(['api-pay', 'cloned-pay']);
  return world;
}

/** One backend with a provider that reads the project PAY, and none for OPS. */
describeWorld('catalog-import from Bitbucket Data Center', start, world => {
  const page = (project: string, slug: string) => world().page(project, slug);

  async function existingAt(url: string): Promise<Existing[]> {
    const { status, body } = await analyze(world().backend, url);
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
    async (_, way) => {
      const existing = await existingAt(`${page('PAY', 'api')}${way}`);
      expect(existing).toMatchObject([
        {
          location: { target: `${page('PAY', 'api')}/browse/${FILE}` },
          isRegistered: true,
          entity: { metadata: { name: 'api-pay' } },
        },
      ]);
      expect(await world().backend.targets()).toContain(
        existing[0].location.target,
      );
    },
  );

  it.each(ways)(
    'imports a file by the Location that a provider would have by %s',
    async (_, way) => {
      expect(await existingAt(`${page('OPS', 'api')}${way}`)).toMatchObject([
        {
          location: { target: `${page('OPS', 'api')}/browse/${FILE}` },
          isRegistered: false,
        },
      ]);
    },
  );

  it('keeps another branch in the Location, as the URL writes it', async () => {
    const existing = await existingAt(`${page('OPS', 'mono')}/browse?at=more`);
    expect(existing.map(({ location }) => location.target)).toEqual([
      `${page('OPS', 'mono')}/browse/a/catalog-info.yaml?at=more`,
      `${page('OPS', 'mono')}/browse/b%20c/catalog-info.yaml?at=more`,
      `${page('OPS', 'mono')}/browse/d/catalog-info.yaml?at=more`,
    ]);
  });

  it('takes the URL to clone a repository by', async () => {
    const url = `${world().simulator.baseUrl}/scm/ops/cloned.git`;
    expect(await existingAt(url)).toMatchObject([
      {
        location: { target: `${page('OPS', 'cloned')}/browse/${FILE}` },
        entity: { metadata: { name: 'cloned-ops' } },
      },
    ]);
  });
});
