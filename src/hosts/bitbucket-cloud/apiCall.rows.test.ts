import { clientOf } from '../../../testing/bitbucket/clientOf';
import { collect } from '../../../testing/bitbucket/collect';
import { recordingLogger } from '../../../testing/bitbucket/recordingLogger';
import {
  json,
  startServer,
  TestServer,
} from '../../../testing/bitbucket/startServer';

describe('a list with rows that are not of the expected shape', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  const repository = (slug: string, more: object = {}) => ({
    uuid: `{${slug}}`,
    full_name: `acme/${slug}`,
    is_private: true,
    ...more,
  });
  const ref = (name: string) => ({
    type: 'branch',
    name,
    target: { hash: 'c0ffee' },
  });

  function setUp(...values: unknown[]) {
    const logger = recordingLogger();
    const { origin } = server;
    server.answer(json({ values }));
    const client = clientOf(
      { apiBaseUrl: `${origin}/2.0`, webBaseUrl: origin },
      { logger },
    );
    const warnings = () =>
      logger.lines
        .filter(({ level }) => level === 'warn')
        .map(({ message }) => message.replace(origin, ''));
    return { client, warnings };
  }

  it.each<[string, unknown, string]>([
    [
      'without is_private',
      repository('b', { is_private: undefined }),
      'The row of acme/b in the list /2.0/repositories/acme does not have the expected shape and is skipped; no entity is removed because of it: is_private: ',
    ],
    [
      'that is null',
      null,
      'A row in the list /2.0/repositories/acme does not have the expected shape and is skipped; no entity is removed because of it: ',
    ],
  ])(
    'leaves out one of repositories %s, with one warning',
    async (_, bad, warning) => {
      const { client, warnings } = setUp(repository('a'), bad, repository('c'));
      for (let times = 0; times < 2; times += 1) {
        const pages = await collect(client.listRepositories('acme'));
        expect(pages.flat().map(({ slug }) => slug)).toEqual(['a', 'c']);
      }
      expect(warnings()).toEqual([expect.stringContaining(warning)]);
    },
  );

  it('ends with an error for who concludes something from what it lacks', async () => {
    const { client } = setUp(repository('a'), null);
    const found: string[] = [];
    const reading = (async () => {
      for await (const page of client.listRepositories('acme', {
        strict: true,
      })) {
        found.push(...page.map(({ slug }) => slug));
      }
    })();
    await expect(reading).rejects.toThrow(
      'it is not known what the list lacks',
    );
    expect(found).toEqual(['a']);
  });

  it('is wrong as a whole where none of many rows is good', async () => {
    const { client } = setUp(...Array(5).fill({ full_name: 'acme/a' }));
    await expect(collect(client.listRepositories('acme'))).rejects.toThrow(
      'the response does not have the expected shape: values[0].uuid: ',
    );
  });

  it('does not say that a branch or ref is missing', async () => {
    const { client, warnings } = setUp(ref('main'), { name: 'x' });
    const error = 'it is not known what the list lacks';
    const branches = client.listBranches('acme', 'a');
    await expect(collect(branches)).rejects.toThrow(error);
    await expect(collect(client.listRefs('acme', 'a'))).rejects.toThrow(error);
    expect(warnings()).toHaveLength(2);
  });

  it('fails a listing of files rather than to shorten it', async () => {
    const { client } = setUp({ type: 'commit_file', path: 'a.yaml' }, null);
    await expect(
      collect(client.source.list('acme', 'a', 'c0ffee', '')),
    ).rejects.toThrow(
      'the response does not have the expected shape: values[1]',
    );
  });
});
