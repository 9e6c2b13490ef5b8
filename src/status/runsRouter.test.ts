import express, { Express } from 'express';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { PullRequestRecord } from '../pull-requests/records';
import { createRunsRouter } from './runsRouter';

const pageId = '0123456789abcdef0123456789abcdef01234567';
const now = Date.UTC(2026, 10, 26, 10, 15);

const record: PullRequestRecord = {
  pageId,
  fullName: 'acme/shop',
  isPrivate: true,
  number: 12,
  title: 'Move the cart',
  url: 'https://bitbucket.org/acme/shop/pull-requests/12',
  state: 'open',
  source: { branch: 'feature/cart' },
  destination: { branch: 'main' },
  runs: [],
};

describe('the page of a run over HTTP', () => {
  let server: Server;
  let find: jest.Mock<Promise<PullRequestRecord | undefined>, [string]>;
  const logger = { error: jest.fn() };

  beforeEach(async () => {
    logger.error.mockClear();
    find = jest.fn(async id => (id === pageId ? record : undefined));
    const app: Express = express();
    // As Backstage does for every route, before that of a plugin.
    app.use((_, response, next) => {
      response.set('Content-Security-Policy', "default-src 'self'");
      next();
    });
    app.use(
      '/api/catalog',
      createRunsRouter({ find, now: () => now, logger }),
      (_: unknown, response: express.Response) => {
        response.status(418).send('another handler');
      },
    );
    server = createServer(app);
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  function request(path: string, init?: RequestInit): Promise<Response> {
    const { port } = server.address() as AddressInfo;
    return fetch(`http://127.0.0.1:${port}/api/catalog${path}`, init);
  }

  it('is HTML with a style that only this response may have', async () => {
    const response = await request(`/bitbucket/runs/${pageId}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(
      'text/html; charset=utf-8',
    );
    const page = await response.text();
    expect(page).toContain('Move the cart');
    const [, nonce] = page.match(/<style nonce="([^"]+)">/)!;
    expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    const again = await (await request(`/bitbucket/runs/${pageId}`)).text();
    expect(again).not.toContain(nonce);
  });

  it.each([
    ['the page', `/bitbucket/runs/${pageId}`],
    ['the page as JSON', `/bitbucket/runs/${pageId}.json`],
    ['a page that does not exist', `/bitbucket/runs/${'0'.repeat(40)}`],
    ['its JSON', `/bitbucket/runs/${'0'.repeat(40)}.json`],
    ['an address that cannot be one', '/bitbucket/runs/x'],
  ])('is not cached, indexed, framed or passed on: %s', async (_, path) => {
    const { headers } = await request(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; .*base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      ),
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  it('is also JSON', async () => {
    const response = await request(`/bitbucket/runs/${pageId}.json`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      pullRequest: { repository: 'acme/shop', number: 12 },
      runs: [],
      merge: null,
    });
  });

  it.each(['', '.json'])('answers HEAD for %p without a body', async end => {
    const response = await request(`/bitbucket/runs/${pageId}${end}`, {
      method: 'HEAD',
    });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(50);
    expect(await response.text()).toBe('');
  });

  it.each([
    `/bitbucket/runs/${'f'.repeat(40)}`,
    `/bitbucket/runs/${pageId.slice(1)}`,
    `/bitbucket/runs/${pageId}0`,
    `/bitbucket/runs/${pageId.toUpperCase()}`,
    `/bitbucket/runs/${pageId}/`,
    `/bitbucket/runs/${pageId}.html`,
    `/bitbucket/runs/${pageId}%0A`,
    '/bitbucket/runs/%E0%A4%A',
    '/bitbucket/runs/..%2f..%2fentities',
    '/bitbucket/runs/',
    '/bitbucket/runs',
  ])('has a page that says nothing at %s', async path => {
    const response = await request(path);
    expect(response.status).toBe(404);
    const page = await response.text();
    expect(page).toContain('<h1>There is nothing here</h1>');
    expect(page).not.toMatch(/acme|[0-9a-f]{39}/);
  });

  it('says the same for a page that does not exist as JSON', async () => {
    const response = await request(`/bitbucket/runs/${'f'.repeat(40)}.json`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'There is nothing here' });
  });

  it('does not look for what cannot be the id of a page', async () => {
    await request('/bitbucket/runs/x');
    await request(`/bitbucket/runs/${pageId}`, { method: 'POST' });
    expect(find).not.toHaveBeenCalled();
  });

  it('leaves other paths to other handlers', async () => {
    expect((await request('/bitbucket/status')).status).toBe(418);
    expect((await request('/bitbucket/runsome')).status).toBe(418);
  });

  it.each(['', '.json'])(
    'keeps to itself what has failed, at %p',
    async end => {
      const error = new Error('connect ECONNREFUSED 10.0.0.7:5432');
      find.mockRejectedValue(error);
      const response = await request(`/bitbucket/runs/${pageId}${end}`);
      expect(response.status).toBe(503);
      expect(await response.text()).not.toContain('10.0.0.7');
      expect(logger.error).toHaveBeenCalledWith(
        'Could not read the runs of a page',
        error,
      );
    },
  );
});
