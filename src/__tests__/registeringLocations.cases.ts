import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import { componentFile, TestBackend } from '../../testing';
import { noFile } from '../reader/nearFiles';

const SHOP = 'https://bitbucket.org/acme/shop';

describe('a location that is registered by hand', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;

  beforeAll(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    const files = {
      'catalog-info.yaml': componentFile('shop'),
      'found/a/catalog-info.yaml': componentFile('found-a'),
      'found/b/catalog-info.yaml': componentFile('found-b'),
    };
    acme.addRepository({ slug: 'shop', files });
    const onBranch = { 'catalog-info.yaml': componentFile('on-branch') };
    acme.push('shop', onBranch, { branch: 'feature/x' });
    simulator = await startSimulator({ workspaces: [acme] });
    backend = await TestBackend.start({
      config: {
        integrations: {
          bitbucketCloud: [{ apiBaseUrl: simulator.apiBaseUrl }],
        },
      },
    });
  });

  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
  });

  const validate = async (target: string) => {
    const location = { type: 'url', target };
    const answer = await backend.post('locations?dryRun=true', location);
    return { status: answer.status, body: await answer.json() };
  };

  it('is validated before', async () => {
    const { status, body } = await validate(
      `${SHOP}/src/feature/x/catalog-info.yaml`,
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({
      entities: [
        { kind: 'Location' },
        {
          kind: 'Component',
          metadata: {
            name: 'on-branch',
            annotations: {
              'backstage.io/managed-by-location': `url:${SHOP}/src/feature%2Fx/catalog-info.yaml`,
            },
          },
        },
      ],
    });
  });

  it.each([
    [
      `${SHOP}/src/main/catalog-info.yml`,
      `NotFoundError: Unable to read url, ${noFile('acme/shop', 'main', 'catalog-info.yml')}. Did you mean ${SHOP}/src/main/catalog-info.yaml?`,
    ],
    [
      SHOP,
      `Error: Unable to read url, ${SHOP} is a repository, not a file. Use the URL of its catalog file: ${SHOP}/src/main/catalog-info.yaml`,
    ],
    [
      'ssh://git@bitbucket.org/acme/shop.git',
      `Error: Unable to read url, ssh://bitbucket.org/acme/shop.git is a repository, not a file. Use the URL of its catalog file: ${SHOP}/src/main/catalog-info.yaml`,
    ],
    [
      `${SHOP}/src/main/found`,
      `Error: Unable to read url, ${SHOP}/src/main/found is a folder, not a file, and there is no catalog-info.yaml in it. Use the URL of a file, or find files below it: ${SHOP}/src/main/found/**/catalog-info.yaml`,
    ],
  ])('is refused with the URL to use instead: %s', async (target, message) => {
    const { status, body } = await validate(target);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { message } });
  });

  it('is read, and so are all that a glob finds', async () => {
    for (const path of ['catalog-info.yaml', 'found/**/catalog-info.yaml']) {
      const target = `${SHOP}/src/main/${path}`;
      const answer = await backend.post('locations', { type: 'url', target });
      expect(answer.status).toBe(201);
    }
    await backend.hasComponents(['found-a', 'found-b', 'shop']);
    expect(simulator.requests.count({ endpoint: 'archive' })).toBe(0);
  });
});
