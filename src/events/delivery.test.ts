import { readDelivery } from './delivery';

const repository = {
  type: 'repository',
  uuid: '{1}',
  full_name: 'Acme/Shop',
  workspace: { uuid: '{w}' },
};
const hint = {
  workspace: 'acme',
  workspaceUuid: '{w}',
  fullName: 'acme/shop',
  uuid: '{1}',
};
const branch = (name: string, hash: string) => ({
  type: 'branch',
  name,
  target: { hash },
});
const push = (...changes: object[]) => ({ repository, push: { changes } });

describe('readDelivery', () => {
  it.each<[string, object, string | undefined]>([
    ['a push', { old: branch('main', 'a'), new: branch('main', 'b') }, 'b'],
    ['a new branch', { old: null, new: branch('main', 'b') }, 'b'],
    [
      'a branch that was deleted',
      { old: branch('main', 'a'), new: null },
      undefined,
    ],
    [
      'a push without a target',
      { new: { type: 'branch', name: 'main' } },
      undefined,
    ],
  ])('names the branch of %s', (_, change, head) => {
    expect(readDelivery('repo:push', push(change))).toEqual({
      outcome: 'ok',
      hint: { ...hint, branches: [{ name: 'main', head }] },
    });
  });

  it('leaves tags out', () => {
    const tag = { old: null, new: { ...branch('v1', 'a'), type: 'tag' } };
    expect(readDelivery('repo:push', push(tag))).toEqual({
      outcome: 'ignored',
      reason: 'only tags were pushed',
    });
    const both = push(tag, { old: null, new: branch('main', 'b') });
    expect(readDelivery('repo:push', both)).toMatchObject({
      hint: { branches: [{ name: 'main', head: 'b' }] },
    });
  });

  it('takes a push whose changes are left out for a push of anything', () => {
    expect(readDelivery('repo:push', push())).toEqual({ outcome: 'ok', hint });
  });

  it.each([
    'repo:created',
    'repo:imported',
    'repo:transfer',
    'repo:updated',
    undefined,
  ])('names the repository of %s', event => {
    expect(readDelivery(event, { repository })).toEqual({
      outcome: 'ok',
      hint,
    });
  });

  it('tells a repository that was deleted from others', () => {
    expect(readDelivery('repo:deleted', { repository })).toEqual({
      outcome: 'ok',
      hint: { ...hint, isDeleted: true },
    });
  });

  it.each(['project:updated', undefined])('names the project of %s', event => {
    const workspace = { slug: 'Acme', uuid: '{w}' };
    const project = { key: 'PAY', workspace };
    expect(readDelivery(event, { project })).toEqual({
      outcome: 'ok',
      hint: { workspace: 'acme', workspaceUuid: '{w}', projectKey: 'PAY' },
    });
  });

  it.each([
    ['pullrequest:created', { repository }, /tells of nothing that the cat/],
    ['project:updated', { project: { key: 'PAY' } }, /names no repository and/],
    ['repo:updated', {}, /^repo:updated names no repository and no project$/],
    [undefined, {}, /^the delivery names no repository and no project$/],
  ])('ignores %s with %j', (event, payload, reason) => {
    expect(readDelivery(event, payload)).toEqual({
      outcome: 'ignored',
      reason: expect.stringMatching(reason),
    });
  });

  it.each([
    null,
    5,
    'text',
    [],
    { repository: 'acme/shop' },
    { repository: { uuid: 5, full_name: 'acme/shop' } },
    { repository, push: { changes: [{ new: { name: 5 } }] } },
    { repository, push: { changes: {} } },
  ])('takes %j for malformed', payload => {
    expect(readDelivery('repo:push', payload)).toEqual({
      outcome: 'malformed',
      reason: 'repo:push has not the shape of an event of Bitbucket Cloud',
    });
  });
});
