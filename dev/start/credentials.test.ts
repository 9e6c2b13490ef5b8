import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findIntegration } from './credentials';

describe('findIntegration', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'start-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const writeConfig = (yaml: string) =>
    writeFile(join(folder, 'app-config.local.yaml'), yaml);

  it('finds nothing where there is nothing', async () => {
    expect(await findIntegration(folder, { PATH: '/bin' })).toEqual({
      list: [],
      source: 'no credentials',
    });
  });

  it.each([
    [
      { BITBUCKET_USERNAME: 'a@b.example', BITBUCKET_TOKEN: 't' },
      { username: 'a@b.example', token: 't' },
    ],
    [{ BITBUCKET_TOKEN: 't' }, { token: 't' }],
    [
      { BITBUCKET_CLIENT_ID: 'id', BITBUCKET_CLIENT_SECRET: 's' },
      { clientId: 'id', clientSecret: 's' },
    ],
    [
      { BITBUCKET_USERNAME: 'jane', BITBUCKET_APP_PASSWORD: 'p' },
      { username: 'jane', appPassword: 'p' },
    ],
  ])('makes an entry of %j', async (env, entry) => {
    expect(await findIntegration(folder, env)).toEqual({
      list: [entry],
      source: Object.keys(env).join(' and '),
    });
  });

  it('takes an empty variable for none', async () => {
    const env = { BITBUCKET_USERNAME: '', BITBUCKET_TOKEN: 't' };
    expect((await findIntegration(folder, env)).list).toEqual([{ token: 't' }]);
  });

  it('prefers app-config.local.yaml, which may be made of variables', async () => {
    await writeConfig(
      'integrations: { bitbucketCloud: [{ username: a@b.example, token: "${BITBUCKET_TOKEN}" }] }',
    );
    expect(await findIntegration(folder, { BITBUCKET_TOKEN: 't' })).toEqual({
      list: [{ username: 'a@b.example', token: 't' }],
      source: 'app-config.local.yaml',
    });
  });

  it('uses the variables beside a file that is about something else', async () => {
    await writeConfig('app: { title: Ours }');
    const { list } = await findIntegration(folder, { BITBUCKET_TOKEN: 't' });
    expect(list).toEqual([{ token: 't' }]);
  });

  it('says which file cannot be read', async () => {
    await writeConfig('integrations: { bitbucketCloud: [');
    await expect(findIntegration(folder, {})).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringMatching(
        /^app-config\.local\.yaml cannot be read: /,
      ),
    });
  });
});
