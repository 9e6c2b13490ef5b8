import { ask, send, startShop } from '../../../testing/simulator';
import { Simulator } from '..';

const PULL_REQUEST = '/2.0/repositories/acme/shop/pullrequests/1';
const COMMENTS = `${PULL_REQUEST}/comments`;

async function startAcme() {
  const { acme, simulator } = await startShop([
    { kind: 'accessToken', name: 'robot', token: 't' },
  ]);
  acme.push('shop', { a: 'b' }, { branch: 'feature' });
  acme.pullRequests.open('shop', { source: 'feature' });
  return simulator;
}

async function create(simulator: Simulator, body: object) {
  const { status, json, headers } = await send(
    simulator,
    'POST',
    COMMENTS,
    body,
  );
  const comment = json as { id: number };
  const path = `${COMMENTS}/${comment.id}`;
  return { status, comment, path, location: headers.get('location') };
}

describe('comments on a pull request', () => {
  it('are made, read, changed and deleted', async () => {
    const simulator = await startAcme();
    const { status, comment, path, location } = await create(simulator, {
      content: { raw: 'Why?' },
    });
    expect([status, location]).toEqual([201, `${simulator.origin}${path}`]);
    expect(comment).toMatchObject({
      type: 'pullrequest_comment',
      content: { raw: 'Why?', markup: 'markdown' },
      user: { display_name: 'robot' },
      deleted: false,
      pullrequest: { id: 1 },
    });
    expect((await send(simulator, 'GET', path)).json).toEqual(comment);

    const content = { raw: 'Why not?' };
    const changed = await send(simulator, 'PUT', path, { content });
    expect(changed).toMatchObject({ status: 200, json: { content } });
    const pullRequest = await send(simulator, 'GET', PULL_REQUEST);
    expect(pullRequest.json).toMatchObject({ comment_count: 1 });
    expect((await send(simulator, 'DELETE', path)).status).toBe(204);
  });

  it('stay in their place without a text once they are deleted', async () => {
    const simulator = await startAcme();
    const { path } = await create(simulator, { content: { raw: 'one' } });
    await create(simulator, { content: { raw: 'two' } });
    await send(simulator, 'DELETE', path);
    const list = await send(simulator, 'GET', COMMENTS);
    expect(list.json).toMatchObject({
      size: 2,
      values: [
        { content: { raw: '' }, deleted: true },
        { content: { raw: 'two' }, deleted: false },
      ],
    });
    const rest = await send(simulator, 'GET', `${COMMENTS}?q=deleted=false`);
    expect(rest.json).toMatchObject({ size: 1 });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? { content: { raw: 'x' } } : undefined;
      expect((await send(simulator, method, path, body)).status).toBe(404);
    }
  });

  it('may be on a line', async () => {
    const simulator = await startAcme();
    const { comment } = await create(simulator, {
      content: { raw: 'Here' },
      inline: { path: 'a', to: 1 },
    });
    expect(comment).toMatchObject({
      inline: { path: 'a', to: 1, from: null },
    });
  });

  it('may have 200,000 characters', async () => {
    const simulator = await startAcme();
    const { status } = await create(simulator, {
      content: { raw: 'x'.repeat(200_000) },
    });
    expect(status).toBe(201);
  });

  it.each([
    ['without a text', { content: { raw: '' } }],
    ['without a content', {}],
    ['on line 0', { content: { raw: 'x' }, inline: { path: 'a', to: 0 } }],
    ['with a field that there is none of', { content: { raw: 'x' }, x: 1 }],
  ])('are refused %s', async (_, body) => {
    const simulator = await startAcme();
    expect((await create(simulator, body)).status).toBe(400);
    const list = await send(simulator, 'GET', COMMENTS);
    expect(list.json).toMatchObject({ size: 0 });
  });

  it('are made by those only who say who they are', async () => {
    const simulator = await startAcme();
    expect((await ask(simulator, COMMENTS)).status).toBe(200);
    expect((await ask(simulator, COMMENTS, { method: 'POST' })).status).toBe(
      401,
    );
  });
});
