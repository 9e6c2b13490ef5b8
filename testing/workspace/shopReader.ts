import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import {
  UrlReaderService,
  UrlReaderServiceSearchResponse,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { SimulatedAccount } from '../../dev/simulator/accounts';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedRepository } from '../../dev/simulator/world/repository';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { isBitbucketCloudUrl } from '../../src/hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { BitbucketUrlReader } from '../../src/reader/BitbucketUrlReader';
import { clientOf } from '../bitbucket/clientOf';
import { recordingLogger } from '../bitbucket/recordingLogger';
import { createIndex } from './createIndex';

const ACCOUNTS: SimulatedAccount[] = [
  { name: 'ours', kind: 'accessToken', token: 'our-token' },
  {
    name: 'theirs',
    kind: 'accessToken',
    token: 'their-token',
    sees: ({ slug }) => slug === 'secret',
  },
];

/** A reader of a workspace whose repository `shop` has many refs and files; each test gets a new one. */
export function shopReader() {
  let simulator: Simulator;
  let shop: SimulatedRepository;
  let reader: UrlReaderService;

  beforeAll(async () => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    shop = acme.addRepository({
      slug: 'shop',
      files: {
        'a.yaml': 'on main\n',
        'docs/index.md': 'Read me\n',
        'docs/deep/more.md': 'More\n',
        'my docs/50% ü#?.yaml': 'awkward\n',
        'a*b.yaml': 'with a star\n',
        'axb.yaml': 'without a star\n',
        'stars/a*1.yaml': 'with a star\n',
        'stars/ab1.yaml': 'without a star\n',
        'large/api.yaml': 'x'.repeat(1_500_000),
        'lfs/api.yaml': 'version https://git-lfs.github.com/spec/v1\n',
      },
    });
    acme.createTag('shop', 'v1.0');
    acme.createTag('shop', 'release/1.0');
    acme.push('shop', { 'a.yaml': 'on x\n' }, { branch: 'feature/x' });
    acme.push('shop', { 'a.yaml': 'on x-y\n' }, { branch: 'feature/x-y' });
    acme.push('shop', { 'a.yaml': 'on dev#1\n' }, { branch: 'dev#1' });
    acme.push('shop', { 'a.yaml': 'changed\n' }, { branch: 'next' });
    acme.addRepository({ slug: 'empty' });
    acme.addRepository({ slug: 'secret', files: { 'a.yaml': 'for few\n' } });
    simulator = await startSimulator({
      workspaces: [acme],
      accounts: ACCOUNTS,
    });
  });

  beforeEach(async () => {
    // As it is put together in a backend.
    const client = clientOf(simulator, {
      credential: { kind: 'accessToken', token: 'our-token' },
    });
    const index = createIndex(client);
    const parts = { index };
    reader = UrlReaders.create({
      config: new ConfigReader({}),
      logger: recordingLogger(),
      factories: [
        ({ treeResponseFactory }) => [
          {
            predicate: isBitbucketCloudUrl,
            reader: new BitbucketUrlReader(parts, treeResponseFactory),
          },
        ],
      ],
    });
    // What a read costs in a workspace whose repositories are known.
    await index.repositories.refresh({ workspace: 'acme' }, {});
    simulator.requests.clear();
  });

  afterEach(() => simulator.faults.clear());
  afterAll(() => simulator.stop());

  const requests = () => simulator.requests.count();

  async function read(
    url: string,
    options?: Parameters<UrlReaderService['readUrl']>[1],
  ): Promise<string> {
    const response = await reader.readUrl(url, options);
    return String(await response.buffer()).trim();
  }

  async function contents({
    files,
  }: UrlReaderServiceSearchResponse): Promise<Record<string, string>> {
    const entries = files.map(async ({ url, content }) => [
      url,
      String(await content()).trim(),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }

  return {
    get simulator() {
      return simulator;
    },
    get shop() {
      return shop;
    },
    get reader() {
      return reader;
    },
    requests,
    read,
    contents,
  };
}
