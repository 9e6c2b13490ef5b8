import {
  json,
  startServer,
  status,
  TestServer,
} from '../../../testing/bitbucket/startServer';
import { collect } from '../../../testing/bitbucket/collect';
import { recordingLogger } from '../../../testing/bitbucket/recordingLogger';
import { dataCenterClientOf } from '../../../testing/dataCenter';
import { PullRequests } from './pullRequests';

const HEAD = 'ab'.repeat(20);
const ROOT = '/bitbucket/rest/api/latest/projects/PAY/repos/shop';
const INSIGHTS = `/bitbucket/rest/insights/latest/projects/PAY/repos/shop/commits/${HEAD}/reports/catalog`;
const shop = { slug: 'shop', id: 42, project: { key: 'PAY' } };
const pullRequest = {
  id: 7,
  title: 'Add a shop',
  state: 'OPEN',
  fromRef: { id: 'refs/heads/x', latestCommit: HEAD, repository: shop },
  toRef: { id: 'refs/heads/main', latestCommit: HEAD, repository: shop },
};
const REPORT = {
  id: 'catalog',
  title: 'Catalog',
  details: 'Fine.',
  isPassed: true,
  reporter: 'Backstage',
  values: [],
};
const STATUS = {
  key: 'catalog',
  isPassed: true,
  name: 'Catalog',
  description: 'Fixed',
  url: 'https://backstage.example.com/runs/1',
  branch: 'x',
};
const path = (text: string) => ({ components: text.split('/') });
const refusal = (code: number, message: string, exceptionName?: string) =>
  json({ errors: [{ context: null, message, exceptionName }] }, code);

describe('pull requests of Bitbucket Data Center', () => {
  let server: TestServer;
  let api: PullRequests;
  let repository: { fullName: string };
  let at: { fullName: string; hash: string };
  const logger = recordingLogger();

  beforeEach(async () => {
    server = await startServer();
    const { api: dataCenter } = dataCenterClientOf(
      { baseUrl: `${server.origin}/bitbucket` },
      { credential: { kind: 'httpAccessToken', token: 't0ken' }, logger },
    );
    api = new PullRequests(dataCenter);
    repository = { fullName: `${dataCenter.host}/PAY/shop` };
    at = { ...repository, hash: HEAD };
  });
  afterEach(() => server.close());

  const sent = () => server.requests.map(({ method, url }) => [method, url]);

  it('have web addresses', () => {
    expect(api.url(repository, 7)).toBe(
      `${server.origin}/bitbucket/projects/PAY/repos/shop/pull-requests/7`,
    );
  });

  it('are listed page by page, without those that make no sense', async () => {
    server.answer(
      json({ values: [pullRequest, {}], isLastPage: false, nextPageStart: 9 }),
      json({ values: [{ ...pullRequest, id: 8 }], isLastPage: true }),
    );
    const listed = await collect(api.listOpen(repository, {}));
    expect(listed.map(({ number }) => number)).toEqual([7, 8]);
    const first = `${ROOT}/pull-requests?state=OPEN&order=OLDEST&limit=100`;
    expect(sent()).toEqual([
      ['GET', first],
      ['GET', `${first}&start=9`],
    ]);
    const warnings = logger.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([
      { message: expect.stringContaining('that pull request is not checked') },
    ]);
  });

  it.each([
    ['ADD', undefined, [{ newPath: 'a/b.yaml' }]],
    ['COPY', 'c.yaml', [{ newPath: 'a/b.yaml' }]],
    ['DELETE', undefined, [{ oldPath: 'a/b.yaml' }]],
    ['MODIFY', undefined, [{ oldPath: 'a/b.yaml', newPath: 'a/b.yaml' }]],
    ['MOVE', 'c.yaml', [{ oldPath: 'c.yaml', newPath: 'a/b.yaml' }]],
    ['UNKNOWN', undefined, [{ oldPath: 'a/b.yaml', newPath: 'a/b.yaml' }]],
  ])('list a file that was changed by %s', async (type, from, files) => {
    const source = { branch: 'x', commit: HEAD };
    const destination = { branch: 'main', commit: HEAD };
    const change = {
      type,
      nodeType: 'FILE',
      path: path('a/b.yaml'),
      srcPath: from && path(from),
    };
    const submodule = { ...change, nodeType: 'SUBMODULE' };
    for (const isLastPage of [true, false, undefined]) {
      server.answer(json({ values: [change, submodule], isLastPage }));
      expect(
        await api.listFiles(repository, { number: 7, source, destination }, {}),
      ).toEqual({ files, isComplete: isLastPage === true, head: HEAD });
    }
    expect(sent()[0]).toEqual([
      'GET',
      `${ROOT}/pull-requests/7/changes?withComments=false&limit=1000`,
    ]);
  });

  it('name the head that their list of files is of, which may be another', async () => {
    const source = { branch: 'x', commit: HEAD };
    const destination = { branch: 'main', commit: HEAD };
    for (const [toHash, head] of [
      ['cd'.repeat(20), 'cd'.repeat(20)],
      ['main', HEAD],
      [null, HEAD],
    ]) {
      server.answer(json({ values: [], isLastPage: true, toHash }));
      expect(
        await api.listFiles(repository, { number: 7, source, destination }, {}),
      ).toMatchObject({ head });
    }
  });

  it('have full hashes, for which nothing is requested', async () => {
    expect(await api.fullHash(repository, HEAD, {})).toBe(HEAD);
    expect(sent()).toEqual([]);
    server.answer(json({ id: 'cd'.repeat(20) }));
    await expect(api.fullHash(repository, 'abababab', {})).rejects.toThrow(
      'about another commit',
    );
  });

  it('replace annotations of the same ids, in queries that are not too long', async () => {
    server.answer(status(204));
    const annotations = Array.from({ length: 101 }, (_, index) => ({
      id: `catalog-${index}-${'x'.repeat(30)}`,
      severity: 'error' as const,
      summary: 'No owner',
    }));
    await api.putAnnotations(at, 'catalog', annotations, {});
    const deletions = server.requests.slice(0, -1);
    const ids = deletions.flatMap(({ url }) =>
      new URL(url, server.origin).searchParams.getAll('externalId'),
    );
    expect(ids).toEqual(annotations.slice(0, 100).map(({ id }) => id));
    expect(deletions.map(({ method }) => method)).toEqual(
      Array(deletions.length).fill('DELETE'),
    );
    expect(Math.max(...deletions.map(({ url }) => url.length))).toBeLessThan(
      2_300,
    );
    const last = server.requests.at(-1);
    expect([last?.method, last?.url]).toEqual([
      'POST',
      `${INSIGHTS}/annotations`,
    ]);
    expect(JSON.parse(`${last?.body}`).annotations).toHaveLength(100);
  });

  it('post nothing where there is nothing to annotate', async () => {
    await api.putAnnotations(at, 'catalog', [], {});
    expect(sent()).toEqual([]);
  });

  it('have annotations posted once only, since a second time would double them', async () => {
    server.answer(status(204), status(503));
    const annotation = { id: '1', severity: 'note', summary: 'S' } as const;
    await expect(
      api.putAnnotations(at, 'catalog', [annotation], {}),
    ).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(sent().map(([method]) => method)).toEqual(['DELETE', 'POST']);
  });

  it('need not have a report that is deleted', async () => {
    server.answer(refusal(404, 'There is no report'));
    await api.deleteReport(at, 'catalog', {});
    const gone = 'com.atlassian.bitbucket.repository.NoSuchRepositoryException';
    server.answer(refusal(404, 'No repository', gone));
    await expect(api.deleteReport(at, 'catalog', {})).rejects.toMatchObject({
      missing: 'repository',
    });
    expect(sent()).toEqual(Array(2).fill(['DELETE', INSIGHTS]));
  });

  it.each([301, 302, 307, 308])(
    'are posted to at the new address of their repository (%i)',
    async code => {
      server.answer((response, request) => {
        const { url } = request;
        const answer = url.includes('/repos/shop/')
          ? status(code, '', {
              Location: url.replace('/repos/shop/', '/repos/store/'),
            })
          : json({ id: 5, version: 3 });
        answer(response, request);
      });
      const annotation = { id: '1', severity: 'note', summary: 'S' } as const;
      await api.putReport(at, REPORT, {});
      await api.putAnnotations(at, 'catalog', [annotation], {});
      await api.putStatus(at, STATUS, {});
      await api.deleteReport(at, 'catalog', {});
      expect(await api.createComment(repository, 7, 'New', {})).toBe('5');
      expect(await api.updateComment(repository, 7, '5', 'Newer', {})).toBe(
        true,
      );
      const summary = ({ method, url, body }: (typeof server.requests)[0]) =>
        `${method} ${url.replace('/repos/shop/', '/repos/store/')} ${body}`;
      const isOld = ({ url }: { url: string }) => url.includes('/repos/shop/');
      const old = server.requests.filter(isOld);
      expect(server.requests.filter(one => !isOld(one)).map(summary)).toEqual(
        old.map(summary),
      );
      expect(old.length).toBeGreaterThanOrEqual(6);
    },
  );

  describe('have comments that', () => {
    const COMMENT = `${ROOT}/pull-requests/7/comments/5`;
    const update = () => api.updateComment(repository, 7, '5', 'New', {});
    const bodies = () =>
      server.requests.filter(({ body }) => body).map(({ body }) => body);

    it('are replaced at their version', async () => {
      server.answer(json({ version: 3 }), json({ version: 4 }));
      expect(await update()).toBe(true);
      expect(sent()).toEqual([
        ['GET', COMMENT],
        ['PUT', COMMENT],
      ]);
      expect(bodies()).toEqual([JSON.stringify({ text: 'New', version: 3 })]);
    });

    it('are read again where someone has edited them meanwhile', async () => {
      const outOfDate = refusal(409, 'You are attempting to modify a comment');
      server.answer(
        json({ version: 3 }),
        outOfDate,
        json({ version: 4 }),
        json({ version: 5 }),
      );
      expect(await update()).toBe(true);
      expect(bodies().at(-1)).toContain('"version":4');
    });

    it.each([
      ['before they are read', [refusal(404, 'No such comment')]],
      [
        'before they are replaced',
        [json({ version: 3 }), refusal(404, 'No such comment')],
      ],
    ])('may be deleted %s', async (_, answers) => {
      server.answer(...answers);
      expect(await update()).toBe(false);
    });

    it('cannot be replaced in a repository that is archived', async () => {
      const archived = refusal(409, 'The repository is archived');
      server.answer(
        json({ version: 3 }),
        archived,
        json({ version: 3 }),
        archived,
      );
      await expect(update()).rejects.toThrow(
        /409 Conflict.*The repository is archived/,
      );
      expect(sent()).toHaveLength(4);
    });
  });
});
