import { Headers } from 'node-fetch';
import { z } from 'zod';
import {
  json,
  recordingLogger,
  startServer,
  TestServer,
} from '../../../testing/bitbucket';
import { collect } from '../../../testing/bitbucket/collect';
import { fakeTiming } from '../../../testing/bitbucket/fakeTiming';
import { createCallApi } from '../../http/callApi';
import { BadRows } from '../../http/rows';
import { createTransport } from '../../http/transport';
import { isNotFoundError } from '../../scm/errors';
import {
  AnswerHints,
  checkStatus,
  listGoodRows,
  listJson,
  listUrl,
  repositoryUrl,
} from './apiCall';

const BITBUCKET = 'com.atlassian.bitbucket';

function outcomeOf(
  status: number,
  body: string,
  hints: Partial<AnswerHints> = {},
  headers: Record<string, string> = {},
): { outcome: string; message: string } {
  const url = 'https://git.example.com/rest/api/latest/projects/PAY/repos/api';
  try {
    checkStatus(
      { method: 'GET', url, headers: { Authorization: 'Bearer s3cret-token' } },
      { status, headers: new Headers(headers), body: Buffer.from(body) },
      hints,
      () => 'Why.',
    );
    return { outcome: 'passes', message: '' };
  } catch (error) {
    const missing = isNotFoundError(error) ? `: ${error.missing}` : '';
    const { name, message } = error as Error;
    return { outcome: `${name}${missing}`, message };
  }
}

const errors = (exceptionName?: string, message = 'No.') =>
  JSON.stringify({ errors: [{ context: null, message, exceptionName }] });

describe('checkStatus', () => {
  it.each([
    [401, `${BITBUCKET}.AuthorisationException`, 'ForbiddenError'],
    [
      401,
      `${BITBUCKET}.auth.IncorrectPasswordAuthenticationException`,
      'UnauthorizedError',
    ],
    [401, undefined, 'UnauthorizedError'],
    [403, undefined, 'ForbiddenError'],
    [
      404,
      `${BITBUCKET}.project.NoSuchProjectException`,
      'NotFoundError: repository',
    ],
    [
      404,
      `${BITBUCKET}.repository.NoSuchRepositoryException`,
      'NotFoundError: repository',
    ],
    [404, `${BITBUCKET}.commit.NoSuchCommitException`, 'NotFoundError: ref'],
    [404, `${BITBUCKET}.content.NoSuchPathException`, 'NotFoundError: path'],
    [
      404,
      `${BITBUCKET}.pull.NoSuchPullRequestException`,
      'NotFoundError: unknown',
    ],
    [404, 'org.example.NoSuchRepositoryException', 'NotFoundError: unknown'],
    [404, undefined, 'NotFoundError: unknown'],
    [
      409,
      `${BITBUCKET}.repository.RepositoryArchivedException`,
      'UnexpectedResponseError',
    ],
    [500, undefined, 'UnavailableError'],
    [503, `${BITBUCKET}.throttle.ResourceBusyException`, 'UnavailableError'],
    [400, undefined, 'UnexpectedResponseError'],
    [206, undefined, 'UnexpectedResponseError'],
  ])('takes %s %s for %s', (status, exceptionName, outcome) => {
    expect(outcomeOf(status, errors(exceptionName)).outcome).toBe(outcome);
  });

  it.each([
    '<html><title>com.atlassian.bitbucket.repository.NoSuchRepositoryException</title></html>',
    '',
    '{"message":"Repository PAY/api does not exist."}',
    '{"errors":[]}',
    'null',
  ])('takes a 404 with the body %s for no proof', body => {
    expect(outcomeOf(404, body).outcome).toBe('NotFoundError: unknown');
  });

  it("shows Bitbucket's words in one line, and the id of the request, and no secret", () => {
    const { message } = outcomeOf(
      404,
      errors(undefined, 'Not\nthere with s3cret-token.'),
      {},
      { 'X-AREQUESTID': '@18ZU1ZKx720x13x0' },
    );
    expect(message).toBe(
      'GET https://git.example.com/rest/api/latest/projects/PAY/repos/api: answered 404 Not Found to the request @18ZU1ZKx720x13x0 (Bitbucket says: Not there with <secret>.)',
    );
    const odd = { 'X-AREQUESTID': 'a b <script>' };
    expect(outcomeOf(404, '', {}, odd).message).not.toContain('script');
  });

  it('lets a status pass that a call expects, and no other', () => {
    expect(outcomeOf(204, '', { alsoGood: 204 }).outcome).toBe('passes');
    expect(outcomeOf(201, '', { alsoGood: 204 }).outcome).toBe(
      'UnexpectedResponseError',
    );
  });

  it('names a link that is refused, if a link was posted', () => {
    const body = JSON.stringify({
      errors: [{ context: 'url', message: 'No.' }],
    });
    expect(outcomeOf(400, body, { task: 'report' }).outcome).toBe(
      'RefusedLinkError',
    );
    expect(outcomeOf(400, body).outcome).toBe('UnexpectedResponseError');
  });
});

describe('repositoryUrl', () => {
  it.each([
    ['git.example.com/PAY/api', undefined, 'api/latest/projects/PAY/repos/api'],
    [
      'git.example.com:8443/~jane/my.repo',
      'insights',
      'insights/latest/projects/~jane/repos/my.repo',
    ],
  ])('gives the address of %s in %s', (fullName, root, path) => {
    const api = { baseUrl: 'https://git.example.com/bitbucket' };
    expect(repositoryUrl(api, { fullName }, root)).toBe(
      `https://git.example.com/bitbucket/rest/${path}`,
    );
  });
});

describe('Lists', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.close());

  const row = z.object({ id: z.number() });

  function api() {
    const timing = fakeTiming();
    const logger = recordingLogger();
    const callApi = createCallApi<AnswerHints>(
      createTransport({ timing, logger }),
      {
        timing,
        logger,
        check: (request, response, hints) =>
          checkStatus(request, response, hints, () => ''),
      },
    );
    return { callApi, logger, badRows: new BadRows(logger) };
  }

  const list = (start?: number) =>
    collect(
      listJson(
        api(),
        listUrl(`${server.origin}/repos`, 2, { start, archived: 'ALL' }),
        row,
      ),
    );

  it('continue where each page says', async () => {
    server.answer(
      json({ values: [{ id: 1 }], isLastPage: false, nextPageStart: 7 }),
      json({ values: [], nextPageStart: 9 }),
      json({ values: [{ id: 2 }], isLastPage: true, nextPageStart: null }),
    );
    expect(await list()).toEqual([{ id: 1 }, { id: 2 }]);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/repos?archived=ALL&limit=2',
      '/repos?archived=ALL&limit=2&start=7',
      '/repos?archived=ALL&limit=2&start=9',
    ]);
  });

  it.each([
    [{ values: [] }, /says neither/],
    [{ values: [], isLastPage: false }, /says neither/],
    [{ values: [], isLastPage: null, nextPageStart: null }, /says neither/],
    [{ values: [], isLastPage: false, nextPageStart: 3 }, /begins at 3/],
    [{ values: [], isLastPage: false, nextPageStart: 1 }, /begins at 3/],
    [{ isLastPage: true }, /values/],
  ])('refuses the page %j', async (page, problem) => {
    server.answer(json(page));
    await expect(list(3)).rejects.toThrow(problem);
  });

  it('leaves out a row that is not of the expected shape, unless it has to be strict', async () => {
    server.answer(
      json({ values: [{ id: 1 }, { id: 'x' }, { id: 2 }], isLastPage: true }),
    );
    const url = listUrl(`${server.origin}/repos`, 2);
    const rows = (strict: boolean) =>
      collect(listGoodRows(api(), url, row, strict));
    expect(await rows(false)).toEqual([[{ id: 1 }, { id: 2 }]]);
    await expect(rows(true)).rejects.toThrow(/expected shape/);
  });
});
