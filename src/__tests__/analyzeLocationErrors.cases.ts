import { Simulator } from '../../dev/simulator';
import { TestBackend } from '../../testing';
import {
  analyze,
  analyzedWorkspace,
  startAnalyzedSimulator,
  startAnalyzer,
} from '../../testing/analyzeLocation';
import { noFile, noRef, noRepository } from '../reader/nearFiles';

const SHOP = 'https://bitbucket.org/acme/shop';

describe('analyze-location of a URL that leads nowhere', () => {
  let simulator: Simulator;
  let backend: TestBackend;

  beforeAll(async () => {
    simulator = await startAnalyzedSimulator(analyzedWorkspace());
    backend = await startAnalyzer(simulator);
  });
  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
  });

  it.each([
    [
      404,
      'NotFoundError',
      'acme/gone',
      `${noRepository('acme/gone')}, or the access token in integrations.bitbucketCloud[0] has no access to it.`,
    ],
    [404, 'NotFoundError', 'nobody/shop', 'There is no workspace nobody.'],
    [
      404,
      'NotFoundError',
      'acme/shop/src/master/',
      `${noRef('acme/shop', 'master')}. Its only branch is main`,
    ],
    [
      404,
      'NotFoundError',
      'acme/shop/src/main/gone',
      'There is no folder gone on main in acme/shop, and only files with the name of a catalog file are analysed: catalog-info.yaml',
    ],
    [
      404,
      'NotFoundError',
      'acme/shop/src/main/catalog-info.yml',
      `${noFile('acme/shop', 'main', 'catalog-info.yml')}. Did you mean ${SHOP}/src/main/catalog-info.yaml?`,
    ],
    [404, 'NotFoundError', 'acme/empty/src/main/', noRef('acme/empty', 'main')],
    [
      400,
      'InputError',
      'acme/shop/pull-requests/7',
      `${SHOP}/pull-requests/7 is not a file, a folder or a repository of Bitbucket Cloud; write ${SHOP}/src/{branch}/{path}`,
    ],
    [
      400,
      'InputError',
      'acme',
      'https://bitbucket.org/acme is not a file, a folder or a repository of Bitbucket Cloud; write https://bitbucket.org/acme/{repository}/src/{branch}/{path}',
    ],
  ])(
    'answers %d %s for %s, and says why',
    async (status, name, path, message) => {
      const answer = await analyze(backend, `https://bitbucket.org/${path}`);
      expect(answer).toMatchObject({
        status,
        body: { error: { name, message: expect.stringContaining(message) } },
      });
    },
  );

  it('leaves URLs of other hosts to other analyzers', async () => {
    simulator.requests.clear();
    const { status, body } = await analyze(
      backend,
      'https://bitbucket.org.example/acme/shop',
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ existingEntityFiles: [] });
    expect(simulator.requests.count()).toBe(0);
  });
});
