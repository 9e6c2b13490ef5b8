import { asked } from '../../../testing/bitbucket/asked';
import { clientOf } from '../../../testing/bitbucket/clientOf';
import { collect } from '../../../testing/bitbucket/collect';
import { recordingLogger } from '../../../testing/bitbucket/recordingLogger';
import {
  cut,
  drop,
  json,
  refusal,
  startServer,
  status as answer,
  TestServer,
} from '../../../testing/bitbucket/startServer';
import { PullRequest } from '../../scm/pullRequests';
import { PullRequests } from './pullRequests';

const HASH = 'b7f6f6ef9c1d4a5b6c7d8e9f0a1b2c3d4e5f6a7b';
const SHORT = HASH.slice(0, 12);
const shop = { fullName: 'acme/shop' };
const at = { ...shop, hash: HASH };
const LINK = 'https://backstage.example.com/runs/1';

const report = {
  id: 'catalog',
  title: 'Catalog',
  details: 'Fine.',
  isPassed: true,
  reporter: 'Backstage',
  values: [],
};
const status = {
  key: 'catalog',
  isPassed: true,
  name: 'Catalog',
  description: 'Fixed',
  url: LINK,
  branch: 'feature/x',
};
const within: Pick<PullRequest, 'number' | 'source' | 'destination'> = {
  number: 7,
  source: {
    branch: 'feature/x',
    commit: SHORT,
    repository: { uuid: '{1}', fullName: 'acme/shop' },
  },
  destination: {
    branch: 'main',
    commit: '0123456789ab',
    repository: { uuid: '{1}', fullName: 'acme/shop' },
  },
};
describe('the pull requests of a client', () => {
  let server: TestServer;
  let logger: ReturnType<typeof recordingLogger>;
  let pullRequests: PullRequests;

  beforeEach(async () => {
    server = await startServer();
    logger = recordingLogger();
    ({ pullRequests } = clientOf(
      { apiBaseUrl: `${server.origin}/2.0`, webBaseUrl: server.origin },
      { credential: { kind: 'accessToken', token: 't0ken' }, logger },
    ));
  });
  afterEach(() => server.close());

  /** Method, path and body of the latest request. */
  const sent = () => {
    const { method, url, body } = server.requests[server.requests.length - 1];
    return { method, url, body: body && JSON.parse(body) };
  };
  const COMMIT = `/2.0/repositories/acme/shop/commit/${HASH}`;
  const PULL_REQUEST = '/2.0/repositories/acme/shop/pullrequests/7';

  it.each([301, 302, 307, 308])(
    'are posted to at the new address of their repository (%i)',
    async code => {
      server.answer((response, request) => {
        const { url } = request;
        const respond = url.includes('/acme/shop/')
          ? answer(code, '', {
              Location: url.replace('/acme/shop/', '/acme/store/'),
            })
          : json({ id: 5, version: 3, hash: HASH });
        respond(response, request);
      });
      const annotation = { id: '1', severity: 'note', summary: 'S' } as const;
      await pullRequests.putReport(at, report, {});
      await pullRequests.putAnnotations(at, 'catalog', [annotation], {});
      await pullRequests.putStatus(at, status, {});
      await pullRequests.deleteReport(at, 'catalog', {});
      expect(await pullRequests.createComment(shop, 7, 'New', {})).toBe('5');
      expect(await pullRequests.updateComment(shop, 7, '5', 'Newer', {})).toBe(
        true,
      );
      const summary = ({ method, url, body }: (typeof server.requests)[0]) =>
        `${method} ${url.replace('/acme/shop/', '/acme/store/')} ${body}`;
      const isOld = ({ url }: { url: string }) => url.includes('/acme/shop/');
      const old = server.requests.filter(isOld);
      expect(server.requests.filter(one => !isOld(one)).map(summary)).toEqual(
        old.map(summary),
      );
      expect(old.length).toBeGreaterThanOrEqual(6);
    },
  );

  it('have a web address', () => {
    expect(pullRequests.url(shop, 7)).toBe(
      'https://bitbucket.org/acme/shop/pull-requests/7',
    );
  });

  it.each([HASH.replace('b7', 'c7'), SHORT, 'main'])(
    'do not take %s for the full hash of a commit',
    async hash => {
      server.answer(json({ hash }));
      await expect(pullRequests.fullHash(shop, SHORT, {})).rejects.toThrow(
        'the response is about another commit',
      );
    },
  );

  it('know a full hash without a request', async () => {
    expect(await pullRequests.fullHash(shop, HASH, {})).toBe(HASH);
    expect(server.requests).toEqual([]);
  });

  it('are listed 50 at a time, without those that make no sense', async () => {
    const side = { branch: { name: 'main' }, commit: { hash: SHORT } };
    const sides = { source: side, destination: side };
    const good = { id: 1, title: 'A', state: 'OPEN', ...sides };
    server.answer(json({ values: [{ ...good, id: 'x' }, good] }));
    expect(await collect(pullRequests.listOpen(shop, {}))).toMatchObject([
      { number: 1, title: 'A', isDraft: false },
    ]);
    const { path, query } = asked(server);
    expect(path).toBe('/2.0/repositories/acme/shop/pullrequests');
    expect(query).toMatchObject({ state: 'OPEN', pagelen: '50' });
    expect(query.fields).toMatch(/^next,values\.id,/);
    expect(logger.lines).toContainEqual({
      level: 'warn',
      message: expect.stringMatching(
        /^A row in the list .*\/pullrequests .* is skipped; that pull request is not checked: id: /,
      ),
    });
  });

  it('get reports of the type TEST, and nothing in Jira', async () => {
    server.answer(json({ type: 'report' }));
    await pullRequests.putReport(
      at,
      {
        ...report,
        isPassed: false,
        link: LINK,
        values: [
          { title: 'Errors', type: 'number', value: 2 },
          { title: 'Target', type: 'text', value: 'main' },
          { title: 'Duration', type: 'duration', value: 1_400 },
          { title: 'Log', type: 'link', text: 'Full log', url: LINK },
        ],
      },
      {},
    );
    expect(sent()).toEqual({
      method: 'PUT',
      url: `${COMMIT}/reports/catalog`,
      body: {
        title: 'Catalog',
        details: 'Fine.',
        report_type: 'TEST',
        reporter: 'Backstage',
        result: 'FAILED',
        link: LINK,
        data: [
          { title: 'Errors', type: 'NUMBER', value: 2 },
          { title: 'Target', type: 'TEXT', value: 'main' },
          { title: 'Duration', type: 'DURATION', value: 1_400 },
          {
            title: 'Log',
            type: 'LINK',
            value: { text: 'Full log', href: LINK },
          },
        ],
      },
    });
  });

  it('get annotations of three severities', async () => {
    server.answer(json([]));
    await pullRequests.putAnnotations(
      at,
      'catalog',
      [
        { id: '1', severity: 'error', summary: 'A', path: 'a.yaml', line: 4 },
        { id: '2', severity: 'warning', summary: 'B', path: 'b.yaml' },
        { id: '3', severity: 'note', summary: 'C' },
      ],
      {},
    );
    expect(sent()).toEqual({
      method: 'POST',
      url: `${COMMIT}/reports/catalog/annotations`,
      body: [
        {
          external_id: '1',
          annotation_type: 'BUG',
          severity: 'HIGH',
          result: 'FAILED',
          summary: 'A',
          path: 'a.yaml',
          line: 4,
        },
        {
          external_id: '2',
          annotation_type: 'CODE_SMELL',
          severity: 'MEDIUM',
          summary: 'B',
          path: 'b.yaml',
        },
        {
          external_id: '3',
          annotation_type: 'CODE_SMELL',
          severity: 'LOW',
          summary: 'C',
        },
      ],
    });
  });

  it('get a build status for their branch', async () => {
    server.answer(json({ type: 'build' }, 201));
    await pullRequests.putStatus(at, status, {});
    expect(sent()).toEqual({
      method: 'POST',
      url: `${COMMIT}/statuses/build`,
      body: {
        key: 'catalog',
        state: 'SUCCESSFUL',
        name: 'Catalog',
        description: 'Fixed',
        url: LINK,
        refname: 'feature/x',
      },
    });
  });

  it('lose reports that are there or not, with a DELETE that is answered by nothing', async () => {
    server.answer(
      answer(204),
      json({ key: 'x', message: 'Report not found' }, 404),
    );
    await pullRequests.deleteReport(at, 'catalog', {});
    await pullRequests.deleteReport(at, 'catalog', {});
    expect(sent()).toEqual({
      method: 'DELETE',
      url: `${COMMIT}/reports/catalog`,
      body: '',
    });
    server.answer(answer(202));
    await expect(pullRequests.deleteReport(at, 'catalog', {})).rejects.toThrow(
      'answered 202',
    );
  });

  it.each([
    ['204', answer(204)],
    ['a page', answer(200, '<html>Sign in')],
    ['a text', json('fine')],
  ])('take %s for no answer to what is posted', async (_, wrong) => {
    server.answer(wrong);
    await expect(pullRequests.putReport(at, report, {})).rejects.toMatchObject({
      name: 'UnexpectedResponseError',
    });
  });

  describe('where Bitbucket does not answer', () => {
    const annotation = { id: '1', severity: 'note', summary: 'A' } as const;
    const upserts: [string, () => Promise<unknown>][] = [
      ['report', () => pullRequests.putReport(at, report, {})],
      ['deletion', () => pullRequests.deleteReport(at, 'catalog', {})],
      [
        'annotation',
        () => pullRequests.putAnnotations(at, 'catalog', [annotation], {}),
      ],
      ['status', () => pullRequests.putStatus(at, status, {})],
      [
        'edited comment',
        () => pullRequests.updateComment(shop, 7, '1', 'A', {}),
      ],
    ];

    it.each(upserts)('a %s is sent again', async (_, post) => {
      server.answer(answer(503), drop, cut, json({}));
      await post();
      expect(server.requests).toHaveLength(4);
      const [{ body }] = server.requests;
      expect(server.requests.map(request => request.body)).toEqual(
        Array(4).fill(body),
      );
    });

    it.each([
      ['503', answer(503)],
      ['a closed connection', drop],
      ['half a body', cut],
      ['a page', answer(200, '<html>')],
      ['no id', json({}, 201)],
    ])('a comment is not made twice (%s)', async (_, failure) => {
      server.answer(failure, json({ id: 5 }, 201));
      await expect(
        pullRequests.createComment(shop, 7, 'A', {}),
      ).rejects.toThrow();
      expect(server.requests).toHaveLength(1);
      expect(sent()).toEqual({
        method: 'POST',
        url: `${PULL_REQUEST}/comments`,
        body: { content: { raw: 'A' } },
      });
    });
  });

  it.each([
    ['a report', { code: 400, message: 'link is not a valid URL' }],
    [
      'a status',
      {
        type: 'error',
        error: {
          message: 'url: Enter a valid URL.',
          fields: { url: ['Enter a valid URL.'] },
        },
      },
    ],
  ])('say that the link of %s is refused', async (_, body) => {
    server.answer(json(body, 400));
    for (const post of [
      pullRequests.putReport(at, report, {}),
      pullRequests.putStatus(at, status, {}),
    ]) {
      await expect(post).rejects.toMatchObject({
        name: 'RefusedLinkError',
        message: expect.stringContaining('valid URL'),
      });
    }
  });

  it('say what else is wrong with what was posted', async () => {
    const message = 'Bulk upload supports a maximum of /100 annotations.';
    server.answer(json({ code: 400, message }, 400));
    await expect(pullRequests.putReport(at, report, {})).rejects.toMatchObject({
      name: 'UnexpectedResponseError',
      bitbucketMessage: message,
    });
  });

  it.each([
    ['report', () => pullRequests.putReport(at, report, {}), 'repository'],
    ['files', () => pullRequests.listFiles(shop, within, {}), 'pullrequest'],
    [
      'comment',
      () => pullRequests.createComment(shop, 7, 'A', {}),
      'pullrequest:write',
    ],
  ])(
    'name the scope and the key when a %s is refused',
    async (_, call, scope) => {
      server.answer(refusal(403, 'Access denied'));
      await expect(call()).rejects.toMatchObject({
        name: 'ForbiddenError',
        message: expect.stringContaining(
          `The access token in integrations.bitbucketCloud[0].token is valid, but has no access to this. It needs the scope ${scope} for that.`,
        ),
      });
      const detail = { required: ['pullrequest'], granted: ['project'] };
      server.answer(refusal(403, 'Your credentials lack…', { detail }));
      const required = [...new Set(['pullrequest', scope])].join(', ');
      await expect(call()).rejects.toThrow(
        `lacks a scope (required: ${required}; granted: project).`,
      );
    },
  );
});
