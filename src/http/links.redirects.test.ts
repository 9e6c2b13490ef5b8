import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import {
  json,
  startServer,
  status,
  TestServer,
} from '../../testing/bitbucket/startServer';
import { UnexpectedResponseError } from '../scm/errors';
import { withRedirects } from './links';
import { createTransport, Send } from './transport';

describe('withRedirects', () => {
  let server: TestServer;
  let elsewhere: TestServer;
  let send: Send;

  beforeEach(async () => {
    server = await startServer();
    elsewhere = await startServer();
    send = withRedirects(
      createTransport({ timing: fakeTiming(), logger: recordingLogger() }),
    );
  });
  afterEach(() => Promise.all([server.close(), elsewhere.close()]));

  const redirect = (Location: string) => status(301, '', { Location });
  const get = (path: string, headers = {}) =>
    send({ method: 'GET', url: `${server.origin}${path}`, headers });

  it('follows within the origin and keeps the credentials', async () => {
    server.answer(redirect('/new'), json({ fine: true }));
    const { body } = await get('/old', { Authorization: 'Bearer t' });
    expect(body.toString()).toBe('{"fine":true}');
    expect(server.requests.map(({ url }) => url)).toEqual(['/old', '/new']);
    expect(server.requests[1].headers.authorization).toBe('Bearer t');
  });

  it('asks no other origin', async () => {
    server.answer(redirect(`${elsewhere.origin}/secrets?token=x`));
    const failure = get('/old', { Authorization: 'Bearer t' });
    await expect(failure).rejects.toThrow(UnexpectedResponseError);
    await expect(failure).rejects.toThrow(
      `redirects to another origin, ${elsewhere.origin}, which is not followed`,
    );
    await expect(failure).rejects.not.toThrow('token=x');
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('refuses what is not part of the API, such as the form of a login', async () => {
    server.answer(redirect('/login?next=%2Frest&token=x'));
    send = withRedirects(
      createTransport({ timing: fakeTiming(), logger: recordingLogger() }),
      `${server.origin}/rest/`,
    );
    const failure = get('/rest/api/latest/repos');
    await expect(failure).rejects.toThrow(
      `redirects to ${server.origin}/login`,
    );
    await expect(failure).rejects.toThrow('not part of the API');
    await expect(failure).rejects.not.toThrow('token=x');
    expect(server.requests).toHaveLength(1);
  });

  it('suspects Git LFS where a file is elsewhere', async () => {
    server.answer(redirect(`${elsewhere.origin}/media`));
    await expect(get('/2.0/repositories/a/b/src/c0ffee/d')).rejects.toThrow(
      'Git LFS',
    );
  });

  it('refuses a redirect that leads back to an earlier URL', async () => {
    server.answer(redirect('/b'), redirect('/a'));
    await expect(get('/a')).rejects.toThrow('redirects in a circle');
    expect(server.requests).toHaveLength(2);
  });

  it('refuses a chain without end', async () => {
    server.answer((response, { url }) =>
      response.writeHead(302, { Location: `${url}x` }).end(),
    );
    await expect(get('/a')).rejects.toThrow('more than 5 redirects');
    expect(server.requests).toHaveLength(6);
  });

  it('refuses a redirect to something that is not a URL', async () => {
    server.answer(redirect('http://'));
    await expect(get('/a')).rejects.toThrow('something that is not a URL');
  });

  it.each([301, 302, 307, 308])(
    'repeats a request that changes something at the new address of a repository (%i)',
    async code => {
      server.answer(status(code, '', { Location: '/new' }), json({ id: 1 }));
      const { body } = await send({
        method: 'POST',
        url: `${server.origin}/old`,
        headers: { Authorization: 'Bearer t' },
        body: '{"text":"Fine"}',
        followsRedirects: true,
      });
      expect(body.toString()).toBe('{"id":1}');
      const sent = server.requests.map(({ method, url, body: text }) => [
        method,
        url,
        text,
      ]);
      expect(sent).toEqual([
        ['POST', '/old', '{"text":"Fine"}'],
        ['POST', '/new', '{"text":"Fine"}'],
      ]);
      expect(server.requests[1].headers.authorization).toBe('Bearer t');
    },
  );

  it.each(['PUT', 'POST', 'DELETE'] as const)(
    'sends no %s to another origin, in a circle or without end',
    async method => {
      const change = (path: string) =>
        send({
          method,
          url: `${server.origin}${path}`,
          body: 'text',
          followsRedirects: true,
        });
      server.answer(redirect(`${elsewhere.origin}/secrets`));
      await expect(change('/old')).rejects.toThrow(
        `redirects to another origin, ${elsewhere.origin}, which is not followed`,
      );
      expect(elsewhere.requests).toHaveLength(0);
      server.answer(redirect('/b'), redirect('/a'));
      await expect(change('/a')).rejects.toThrow('redirects in a circle');
      server.answer((response, { url }) =>
        response.writeHead(307, { Location: `${url}x` }).end(),
      );
      await expect(change('/c')).rejects.toThrow('more than 5 redirects');
    },
  );

  it('does not repeat what was done already, according to a 303', async () => {
    server.answer(status(303, '', { Location: '/done' }));
    const response = await send({
      method: 'PUT',
      url: `${server.origin}/a`,
      body: 'text',
      followsRedirects: true,
    });
    expect(response.status).toBe(303);
    expect(server.requests).toHaveLength(1);
  });

  it('does not repeat a form elsewhere', async () => {
    server.answer(redirect('/b'));
    const response = await send({
      method: 'POST',
      url: `${server.origin}/a`,
      body: 'secret',
    });
    expect(response.status).toBe(301);
    expect(server.requests).toHaveLength(1);
  });
});
