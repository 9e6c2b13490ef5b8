import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import { ConfigReader } from '@backstage/config';
import { SimulatedInstance } from '../../dev/simulator/data-center';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { startDataCenter } from '../../testing/dataCenter';
import { dataCenterIndexOf } from '../../testing/dataCenterIndex';
import { BitbucketUrlReader } from './BitbucketUrlReader';

/** A reader of an instance with a repository in a project, and one in a personal one. */
async function start() {
  const instance = new SimulatedInstance();
  const files = { 'a.yaml': 'a', 'docs/b.yaml': 'b' };
  for (const key of ['PAY', '~JANE']) {
    instance.addProject(key);
    instance.addRepository(key, { slug: 'api', files });
    instance.project(key).createBranch('api', 'next');
  }
  const simulator = await startDataCenter({ instance });
  const index = dataCenterIndexOf(simulator);
  const reader = UrlReaders.create({
    config: new ConfigReader({}),
    logger: recordingLogger(),
    factories: [
      ({ treeResponseFactory }) => [
        {
          predicate: url => index.host.urls.matches(url),
          reader: new BitbucketUrlReader({ index }, treeResponseFactory),
        },
      ],
    ],
  });
  return { reader, baseUrl: simulator.baseUrl };
}

describe('BitbucketUrlReader of an instance', () => {
  const PROJECT = '/projects/PAY/repos/api/browse/a.yaml';
  const PERSONAL = '/users/jane/repos/api/browse/a.yaml';
  const ON_NEXT = `${PERSONAL}?at=refs%2Fheads%2Fnext`;

  it.each([
    // As the provider writes them.
    [PROJECT, PROJECT],
    [PERSONAL, PERSONAL],
    [ON_NEXT, ON_NEXT],
    // In other ways.
    ['/projects/pay/repos/api/browse/a.yaml', PROJECT],
    ['/projects/~JANE/repos/api/browse/a.yaml', PERSONAL],
    ['/users/JANE/repos/api/browse/a.yaml', PERSONAL],
  ])('gives %s as %s', async (path, expected) => {
    const { reader, baseUrl } = await start();
    const { files } = await reader.search(`${baseUrl}${path}`);
    expect(files.map(({ url }) => url)).toEqual([`${baseUrl}${expected}`]);
  });

  it('gives what a glob finds at the default branch by URLs without a branch', async () => {
    const { reader, baseUrl } = await start();
    const page = `${baseUrl}/users/jane/repos/api/browse`;
    const { files } = await reader.search(`${page}/**/*.yaml`);
    expect(files.map(({ url }) => url).sort()).toEqual([
      `${page}/a.yaml`,
      `${page}/docs/b.yaml`,
    ]);
  });
});
