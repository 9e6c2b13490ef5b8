import {
  BitbucketServerUrlReader,
  UrlReaders,
} from '@backstage/backend-defaults/urlReader';
import { ConfigReader } from '@backstage/config';
import { SimulatedInstance } from '../../../dev/simulator/data-center';
import { recordingLogger } from '../../../testing/bitbucket/recordingLogger';
import {
  dataCenterClientOf,
  startDataCenter,
} from '../../../testing/dataCenter';
import { HEAD } from '../../scm/urls';
import { BitbucketDataCenterHost } from './BitbucketDataCenterHost';
import { createDataCenterDeliveries } from './delivery';

/** An instance with many branches and a tag, the stock reader of it and this host. */
async function start() {
  const instance = new SimulatedInstance();
  const pay = instance.addProject('PAY');
  instance.addRepository('PAY', {
    slug: 'api',
    files: { 'docs/a.md': 'main' },
  });
  pay.createTag('api', 'v1');
  pay.createTag('api', 'release');
  const older = Array.from({ length: 30 }, (_, index) => `a/release-${index}`);
  for (const branch of [...older, 'release', 'feature/x']) {
    pay.push('api', { 'docs/a.md': branch }, { branch });
  }
  const simulator = await startDataCenter({ instance });
  const client = dataCenterClientOf(simulator);
  const { host } = client.api;
  const stock = UrlReaders.create({
    config: new ConfigReader({
      integrations: {
        bitbucketServer: [
          { host, apiBaseUrl: `${simulator.baseUrl}/rest/api/1.0` },
        ],
      },
    }),
    logger: recordingLogger(),
    factories: [BitbucketServerUrlReader.factory],
  });
  const ours = new BitbucketDataCenterHost({
    client,
    deliveries: createDataCenterDeliveries({ host }),
    heads: () => ({ maxAgeMs: 1, perWalk: 1, walkMs: 1 }),
  });
  const hash = `${pay.repository('api').head?.hash}`;
  const page = `${simulator.baseUrl}/projects/PAY/repos/api/browse/docs`;
  return { simulator, stock, ours, hash, page };
}

/** What our host reads of the file `a.md` in the folder at a URL. */
async function readFrom(host: BitbucketDataCenterHost, url: string) {
  const { fullName, at = HEAD, segments } = host.urls.parse(url);
  const ref =
    at === HEAD
      ? await host.repository({ by: 'name', fullName }, {})
      : await host.resolveRef({ fullName }, [at], {});
  const hash = ref && 'hash' in ref ? ref.hash : ref?.mainBranch?.hash;
  const path = [...segments, 'a.md'].join('/');
  const file = await host.readFile({ fullName, hash: `${hash}` }, path, {});
  return `${file.content}`;
}

describe('Where the stock reader fails, this host reads', () => {
  it.each([
    [
      'the form that the browser shows',
      'refs%2Fheads%2Ffeature%2Fx',
      'feature/x',
    ],
    ['a tag', 'v1', 'main'],
    ['a tag as the browser shows it', 'refs%2Ftags%2Fv1', 'main'],
    ['a tag whose name a branch has', 'refs%2Ftags%2Frelease', 'main'],
    ['a branch whose name a tag has', 'refs%2Fheads%2Frelease', 'release'],
    ['a commit', undefined, 'main'],
    ['a branch after 25 with its name in theirs', 'release', 'release'],
  ])('a folder at %s', async (_, at, content) => {
    const { stock, ours, hash, page } = await start();
    const url = `${page}?at=${at ?? hash}`;
    await expect(stock.readTree(url)).rejects.toThrow();
    expect(await readFrom(ours, url)).toBe(content);
  });

  it('a clone URL', async () => {
    const { stock, ours, simulator } = await start();
    const url = `${simulator.baseUrl}/scm/pay/api.git`;
    await expect(stock.readUrl(url)).rejects.toThrow('Incorrect URL');
    const { fullName } = ours.urls.parse(url);
    expect(await ours.repository({ by: 'name', fullName }, {})).toMatchObject({
      slug: 'api',
    });
  });
});
