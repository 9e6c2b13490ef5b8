import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { createBitbucketClient } from '../../src/hosts/bitbucket-cloud/createBitbucketClient';
import { assertWorkspaceIsVisible } from './bitbucketOrg';
import { createScreenLogger } from './logger';
import { Screen } from './screen';

const logger = createScreenLogger(new Screen(new PassThrough()), {
  verbose: false,
});

describe('assertWorkspaceIsVisible', () => {
  let server: Server;
  let answer: { status: number; body: object };
  let origin: string;

  beforeEach(async () => {
    server = createServer((_, response) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  const close = () =>
    new Promise(resolve => {
      server.closeAllConnections();
      server.close(resolve);
    });

  afterEach(close);

  const probe = () =>
    assertWorkspaceIsVisible(
      createBitbucketClient({
        apiBaseUrl: `${origin}/2.0`,
        webBaseUrl: origin,
        concurrency: 8,
        freshnessMs: 120_000,
        maxFileBytes: 1_048_576,
        credential: { kind: 'anonymous' },
        logger,
        timing: { maxAttempts: 1 },
      }),
      'acme',
    );

  const refusal = (message: string) =>
    expect.objectContaining({
      name: 'StartError',
      message: expect.stringContaining(message),
    });

  it('says plainly that bitbucket.org cannot be reached', async () => {
    await close();
    await expect(probe()).rejects.toEqual(
      refusal('bitbucket.org cannot be reached'),
    );
  });

  it('says that there is no such workspace', async () => {
    const message = "No workspace with identifier 'acme'.";
    answer = { status: 404, body: { type: 'error', error: { message } } };
    await expect(probe()).rejects.toEqual(
      refusal(
        'There is no workspace acme on bitbucket.org, or requests without credentials may not see it.',
      ),
    );
  });

  it('passes on the diagnosis of a refusal', async () => {
    const message = 'You may not look.';
    answer = { status: 403, body: { type: 'error', error: { message } } };
    await expect(probe()).rejects.toEqual(refusal(message));
  });

  it('says that a workspace has no repository to see', async () => {
    answer = { status: 200, body: { values: [] } };
    await expect(probe()).rejects.toEqual(
      refusal(
        'The workspace acme has no repository that requests without credentials may see',
      ),
    );
  });
});
