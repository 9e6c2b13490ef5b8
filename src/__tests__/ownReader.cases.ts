import { urlReaderFactoriesServiceRef } from '@backstage/backend-defaults/urlReader';
import {
  createServiceFactory,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import { componentFile, ON_DEMAND, TestBackend } from '../../testing';

describe("a user's own reader of bitbucket.org", () => {
  let simulator: Simulator;
  let backend: TestBackend;

  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
  });

  const ownReader: UrlReaderService = {
    async readUrl() {
      throw new Error('not used');
    },
    async readTree() {
      throw new Error('not used');
    },
    async search(url) {
      const content = async () => Buffer.from(componentFile('their-own'));
      return { files: [{ url, content }], etag: '' };
    },
  };
  const ownFactory = createServiceFactory({
    service: urlReaderFactoriesServiceRef,
    deps: {},
    factory: () => () => [
      { predicate: ({ host }) => host === 'bitbucket.org', reader: ownReader },
    ],
  });

  it.each([
    ['before', [ownFactory, bitbucketCloud]],
    ['after', [bitbucketCloud, ownFactory]],
  ])('wins, added %s the module', async (_, features) => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    const files = { 'catalog-info.yaml': componentFile('on-bitbucket') };
    acme.addRepository({ slug: 'shop', files });
    simulator = await startSimulator({ workspaces: [acme] });
    const { apiBaseUrl } = simulator;
    backend = await TestBackend.start({
      config: {
        integrations: { bitbucketCloud: [{ apiBaseUrl }] },
        catalog: {
          providers: {
            bitbucketCloud: { workspace: 'acme', ...ON_DEMAND },
          },
        },
      },
      features,
    });
    await backend.hasComponents(['their-own']);
    expect(await backend.targets()).toEqual([
      'https://bitbucket.org/acme/shop/src/main/catalog-info.yaml',
    ]);
  });
});
