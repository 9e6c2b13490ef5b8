import { bitbucketCloudDeliveries } from './delivery';

const readDelivery = (key: string | undefined, payload: unknown) =>
  bitbucketCloudDeliveries.read({ 'x-event-key': key }, payload);

const repository = {
  type: 'repository',
  uuid: '{1}',
  full_name: 'Acme/Shop',
  workspace: { uuid: '{w}' },
};
const about = {
  workspace: 'acme',
  workspaceUuid: '{w}',
  fullName: 'acme/shop',
  uuid: '{1}',
};
const changed = { kind: 'repository', ...about };
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
      events: [{ kind: 'push', ...about, branches: [{ name: 'main', head }] }],
    });
  });

  it('ignores tags', () => {
    const tag = { old: null, new: { ...branch('v1', 'a'), type: 'tag' } };
    expect(readDelivery('repo:push', push(tag))).toEqual({
      outcome: 'ignored',
      reason: 'only tags were pushed',
    });
    const both = push(tag, { old: null, new: branch('main', 'b') });
    expect(readDelivery('repo:push', both)).toMatchObject({
      events: [{ branches: [{ name: 'main', head: 'b' }] }],
    });
  });

  it('takes a push whose changes are left out for any change of the repository', () => {
    expect(readDelivery('repo:push', push())).toEqual({ events: [changed] });
  });

  it.each([
    'repo:created',
    'repo:imported',
    'repo:transfer',
    'repo:updated',
    undefined,
  ])('names the repository of %s', key => {
    expect(readDelivery(key, { repository })).toEqual({
      events: [changed],
    });
  });

  it('marks a repository that was deleted', () => {
    expect(readDelivery('repo:deleted', { repository })).toEqual({
      events: [{ ...changed, isDeleted: true }],
    });
  });

  it.each(['project:updated', undefined])('names the project of %s', key => {
    const workspace = { slug: 'Acme', uuid: '{w}' };
    const project = { key: 'PAY', workspace };
    expect(readDelivery(key, { project })).toEqual({
      events: [
        {
          kind: 'project',
          workspace: 'acme',
          workspaceUuid: '{w}',
          projectKey: 'PAY',
        },
      ],
    });
  });

  it.each([
    ['pullrequest:approved', { repository }, /does not concern the catalog/],
    ['project:updated', { project: { key: 'PAY' } }, /names no repository and/],
    ['repo:updated', {}, /^repo:updated names no repository and no project$/],
    [undefined, {}, /^the delivery names no repository and no project$/],
  ])('ignores %s with %j', (key, payload, reason) => {
    expect(readDelivery(key, payload)).toEqual({
      outcome: 'ignored',
      reason: expect.stringMatching(reason),
    });
  });

  it.each<[unknown, string]>([
    [null, 'the body'],
    [5, 'the body'],
    ['text', 'the body'],
    [[], 'the body'],
    [{ repository: 'acme/shop' }, 'repository'],
    [{ repository: { uuid: 5, full_name: 'acme/shop' } }, 'repository.uuid'],
    [{ repository: { ...repository, uuid: 'x' } }, 'repository.uuid'],
    [{ repository, push: { changes: {} } }, 'push.changes'],
    [push(...Array(1_001).fill({ new: null })), 'push.changes'],
    [push({ new: { name: 5 } }), 'push.changes.0.new.name'],
    [push({ new: branch('main', 'x') }), 'push.changes.0.new.target.hash'],
    [
      push({ new: { ...branch('main', 'b'), type: 'a\nb' } }),
      'push.changes.0.new.type',
    ],
    [{ project: { key: 'A B' } }, 'project.key'],
    [
      { repository: { ...repository, workspace: { uuid: 'w' } } },
      'repository.workspace.uuid',
    ],
    [{ project: { workspace: { slug: 'a\nb' } } }, 'project.workspace.slug'],
    [{ project: { workspace: { uuid: 'a\nb' } } }, 'project.workspace.uuid'],
  ])('takes %j for malformed', (payload, field) => {
    expect(readDelivery('repo:push', payload)).toEqual({
      outcome: 'malformed',
      reason: `repo:push is not an event of Bitbucket Cloud: ${field} is not as documented`,
    });
  });

  it.each([
    'acme',
    'acme/shop/more',
    '../shop',
    'acme/..',
    'acme/.',
    'acme/sh op',
    'acme/shop\n',
    'acme/shop\u2028',
    '/shop',
    `acme/${'x'.repeat(101)}`,
  ])('takes a repository %j for malformed', name => {
    const payload = { repository: { ...repository, full_name: name } };
    expect(readDelivery('repo:push', payload)).toMatchObject({
      outcome: 'malformed',
    });
  });

  it.each(['repo:push\nforged', '', 'x'.repeat(65), 'répo'])(
    'takes an event %j for malformed, without repeating it',
    key => {
      expect(readDelivery(key, { repository })).toEqual({
        outcome: 'malformed',
        reason: 'X-Event-Key is not the key of an event',
      });
    },
  );

  it.each([
    'feature/new',
    'übung',
    '修正/一',
    'v1.0-rc.1',
    'a@b',
    'x'.repeat(255),
    '👩‍💻',
  ])('takes %s for the name of a branch', name => {
    expect(
      readDelivery('repo:push', push({ new: branch(name, 'b') })),
    ).toMatchObject({ events: [{ branches: [{ name }] }] });
  });

  it.each([
    '',
    'x'.repeat(256),
    '修'.repeat(86),
    'a b',
    'a..b',
    'a\nb',
    'a\u0085b',
    'a\u2028b',
    'a\u2029b',
    'a\u0000b',
    'a\u001b[31mb',
    'a\ud800b',
    'a:b',
    'a?b',
    'a[b',
    'a\\b',
    '/a',
    'a/',
    'a//b',
    'a@{b',
  ])('does not take %j for the name of a branch', name => {
    expect(
      readDelivery('repo:push', push({ new: branch(name, 'b') })),
    ).toMatchObject({ outcome: 'malformed' });
  });
});
