import { clientOf } from '../../../testing/bitbucket/clientOf';
import {
  drop,
  json,
  refusal,
  startServer,
  status,
  TestServer,
} from '../../../testing/bitbucket/startServer';
import {
  isForbiddenError,
  isUnavailableError,
  isUnexpectedResponseError,
} from '../../scm/errors';
import { BitbucketClient } from './BitbucketClient';

const SETTINGS = {
  url: 'https://portal.example/hook',
  description: 'Catalog',
  events: ['repo:push'],
  secret: 'hush-hush',
};
const ROW = {
  type: 'webhook_subscription',
  uuid: '{1}',
  url: SETTINGS.url,
  description: 'Catalog',
  active: true,
  events: ['repo:push'],
  secret_set: true,
};
const WEBHOOK = {
  uuid: '{1}',
  url: SETTINGS.url,
  description: 'Catalog',
  isActive: true,
  events: ['repo:push'],
  hasSecret: true,
};

describe('the webhooks of a client', () => {
  let server: TestServer;
  let client: BitbucketClient;

  beforeEach(async () => {
    server = await startServer();
    client = clientOf(
      { apiBaseUrl: `${server.origin}/2.0`, webBaseUrl: server.origin },
      { credential: { kind: 'accessToken', token: 't0ken' } },
    );
  });
  afterEach(() => server.close());

  const create = () => client.webhooks.create('acme', SETTINGS);
  const update = (settings: object = {}) =>
    client.webhooks.update('acme', '{1}', { ...SETTINGS, ...settings });

  it('are listed over all pages', async () => {
    const next = `${server.origin}/2.0/workspaces/acme/hooks?page=2`;
    const bare = { ...ROW, uuid: '{2}', description: null, secret_set: null };
    const open = { ...ROW, uuid: '{3}', active: false, secret_set: false };
    server.answer(
      json({ values: [ROW], next }),
      json({ values: [bare, open] }),
    );
    const rows = [];
    for await (const row of client.webhooks.list('acme')) {
      rows.push(row);
    }
    expect(rows).toEqual([
      WEBHOOK,
      { ...WEBHOOK, uuid: '{2}', description: '' },
      { ...WEBHOOK, uuid: '{3}', isActive: false, hasSecret: false },
    ]);
    expect(server.requests[0].url).toMatch(
      /^\/2\.0\/workspaces\/acme\/hooks\?pagelen=100&/,
    );
  });

  it('are activated', async () => {
    server.answer(json(ROW, 201));
    expect(await create()).toEqual(WEBHOOK);
    const [{ method, url, headers, body }] = server.requests;
    expect([method, url]).toEqual(['POST', '/2.0/workspaces/acme/hooks']);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({ ...SETTINGS, active: true });
  });

  it('are changed, and keep their secret unless there is a new one', async () => {
    server.answer(json(ROW));
    expect(await update({ secret: undefined })).toEqual(WEBHOOK);
    const [{ method, url, body }] = server.requests;
    expect([method, url]).toEqual([
      'PUT',
      '/2.0/workspaces/acme/hooks/%7B1%7D',
    ]);
    expect(JSON.parse(body)).toEqual({
      url: SETTINGS.url,
      description: 'Catalog',
      events: ['repo:push'],
      active: true,
    });
  });

  it.each([
    ['no answer', drop],
    ['an outage', status(503)],
  ])('are not made a second time after %s', async (_, answer) => {
    server.answer(answer);
    const error = await create().catch(reason => reason);
    expect(isUnavailableError(error)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  it('are not made a second time after an answer that is cut off', async () => {
    server.answer(status(201, '{"uuid":'));
    const error = await create().catch(reason => reason);
    expect(isUnexpectedResponseError(error)).toBe(true);
    expect(error.status).toBe(201);
    expect(server.requests).toHaveLength(1);
  });

  it('are changed once more after an outage', async () => {
    server.answer(drop, status(503), json(ROW));
    expect(await update()).toEqual(WEBHOOK);
    expect(server.requests).toHaveLength(3);
  });

  it('name the scopes that are missing', async () => {
    const detail = { required: ['webhook'], granted: ['repository'] };
    server.answer(refusal(403, 'No.', { detail }));
    const error = await create().catch(reason => reason);
    expect(isForbiddenError(error)).toBe(true);
    expect(error).toMatchObject(detail);
  });

  it('do not show their secret where Bitbucket repeats it', async () => {
    const fields = {
      secret: ['hush-hush is too short'],
      url: ['cannot be reached'],
    };
    server.answer(json({ error: { message: 'Bad request', fields } }, 400));
    for (const send of [create, update]) {
      await expect(send()).rejects.toThrow(
        'answered 400 Bad Request (Bitbucket says: Bad request secret: <secret> is too short url: cannot be reached)',
      );
    }
  });
});
