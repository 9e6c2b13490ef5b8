import { bearer, send } from '../../../../testing/simulator';
import {
  ADMIN,
  API,
  refusal,
  startPay,
} from '../../../../testing/simulator/pay';

const PULL_REQUESTS = `${API}/pull-requests`;
const FIRST = `${PULL_REQUESTS}/1`;
const COMMENTS = `${FIRST}/comments`;

/** One open pull request, from `idea`. */
async function startPullRequest(options: Parameters<typeof startPay>[0] = {}) {
  const world = await startPay({
    accounts: [
      ADMIN,
      { kind: 'userToken', name: 'reader', token: 'reader' },
      { kind: 'userToken', name: 'other', token: 'other' },
    ],
    ...options,
  });
  const { pay } = world;
  pay.push('api', { 'b.txt': 'b', 'c.txt': 'c' }, { branch: 'idea' });
  const pullRequest = pay.pullRequests.open('api', {
    source: 'idea',
    title: 'An idea',
  });
  const ask = (method: string, path: string, body?: object, token = 'reader') =>
    send(world.simulator, method, path, body, bearer(token));
  return { ...world, pullRequest, ask };
}

const ids = ({ json }: { json: unknown }) =>
  (json as { values: { id: number }[] }).values.map(({ id }) => id);

describe('pull requests', () => {
  it('say where they are from, where to, and as of when', async () => {
    const { ask, pay, api, instance, pullRequest } = await startPullRequest();
    expect((await ask('GET', FIRST)).json).toMatchObject({
      id: 1,
      version: 0,
      title: 'An idea',
      state: 'OPEN',
      open: true,
      draft: false,
      fromRef: {
        id: 'refs/heads/idea',
        displayId: 'idea',
        latestCommit: api.branches.get('idea')?.hash,
        repository: {
          id: instance.idOf(api),
          slug: 'api',
          project: { key: 'PAY' },
        },
      },
      toRef: { id: 'refs/heads/main', latestCommit: api.head?.hash },
    });
    pay.pullRequests.update(pullRequest, { title: 'Better' });
    expect((await ask('GET', FIRST)).json).toMatchObject({ version: 1 });
    expect(await ask('GET', `${PULL_REQUESTS}/9`)).toMatchObject(
      refusal(404, 'pull.NoSuchPullRequestException'),
    );
  });

  it('are listed by state, branch and direction', async () => {
    const { ask, pay } = await startPullRequest();
    pay.pullRequests.decline(pay.pullRequests.open('api', { source: 'idea' }));
    const list = async (query: string) =>
      ids(await ask('GET', `${PULL_REQUESTS}?${query}`));
    expect(await list('')).toEqual([1]);
    expect(await list('state=ALL')).toEqual([2, 1]);
    expect(await list('state=ALL&order=OLDEST')).toEqual([1, 2]);
    expect(await list('state=DECLINED')).toEqual([2]);
    expect(await list('at=refs/heads/main')).toEqual([1]);
    expect(await list('at=refs/heads/idea')).toEqual([]);
    expect(await list('at=refs/heads/idea&direction=OUTGOING')).toEqual([1]);
    expect((await ask('GET', `${PULL_REQUESTS}?state=NEW`)).status).toBe(400);
  });

  it('have one page of changes, whatever is asked for', async () => {
    const { ask } = await startPullRequest({ limits: { changes: 1 } });
    const { json } = await ask('GET', `${FIRST}/changes?start=1&limit=100`);
    expect(json).toMatchObject({
      start: 0,
      size: 1,
      isLastPage: false,
      nextPageStart: null,
      values: [{ type: 'ADD', path: { toString: 'b.txt' } }],
    });
  });

  it('are not numbered twice', async () => {
    const { instance, pay, pullRequest } = await startPullRequest();
    instance.deletePullRequest(pullRequest);
    expect(pay.pullRequests.open('api', { source: 'idea' }).id).toBe(2);
  });
});

describe('comments', () => {
  it('are written by whoever may read, and edited by their version', async () => {
    const { ask } = await startPullRequest();
    const made = await ask('POST', COMMENTS, {
      text: 'Why?',
      severity: 'BLOCKER',
      anchor: { path: 'b.txt', line: 1, lineType: 'ADDED', fileType: 'TO' },
    });
    expect(made).toMatchObject({
      status: 201,
      json: {
        version: 0,
        text: 'Why?',
        severity: 'BLOCKER',
        author: { name: 'reader' },
        anchor: { path: 'b.txt', line: 1 },
      },
    });
    const path = `${COMMENTS}/${(made.json as { id: number }).id}`;
    const edited = await ask('PUT', path, { text: 'How?', version: 0 });
    expect(edited.json).toMatchObject({ text: 'How?', version: 1 });
    expect(await ask('PUT', path, { text: 'No', version: 0 })).toMatchObject(
      refusal(409, 'comment.CommentOutOfDateException'),
    );
    expect((await ask('GET', path)).json).toEqual(edited.json);
    const onFile = await ask('GET', `${COMMENTS}?path=b.txt`);
    expect(ids(onFile)).toHaveLength(1);
    expect((await ask('GET', COMMENTS)).status).toBe(400);
    expect((await ask('DELETE', `${path}?version=0`)).status).toBe(409);
    expect((await ask('DELETE', `${path}?version=1`)).status).toBe(204);
    expect(await ask('GET', path)).toMatchObject(
      refusal(404, 'comment.NoSuchCommentException'),
    );
  });

  it('have replies, and stay as long as these do', async () => {
    const { ask } = await startPullRequest();
    const { json } = await ask('POST', COMMENTS, { text: 'One' });
    const { id } = json as { id: number };
    await ask('POST', COMMENTS, { text: 'Two', parent: { id } });
    const path = `${COMMENTS}/${id}`;
    expect((await ask('GET', path)).json).toMatchObject({
      comments: [{ text: 'Two' }],
    });
    expect((await ask('DELETE', `${path}?version=0`)).status).toBe(409);
    const activities = await ask('GET', `${FIRST}/activities`);
    expect(activities.json).toMatchObject({
      values: [
        { action: 'COMMENTED', comment: { id, text: 'One' } },
        { action: 'OPENED' },
      ],
    });
  });

  it('are changed by their authors, and removed by administrators, too', async () => {
    const { ask } = await startPullRequest();
    const { json } = await ask('POST', COMMENTS, { text: 'Mine' });
    const path = `${COMMENTS}/${(json as { id: number }).id}`;
    const change = { text: 'Yours', version: 0 };
    expect((await ask('PUT', path, change, 'other')).status).toBe(401);
    const removed = `${path}?version=0`;
    expect((await ask('DELETE', removed, undefined, 'other')).status).toBe(401);
    expect((await ask('DELETE', removed, undefined, 'admin')).status).toBe(204);
  });

  it('are not written in an archived repository', async () => {
    const { ask, instance, api } = await startPullRequest();
    instance.setArchived(api);
    expect((await ask('POST', COMMENTS, { text: 'Hm' })).status).toBe(409);
    expect((await ask('GET', FIRST)).status).toBe(200);
  });
});
