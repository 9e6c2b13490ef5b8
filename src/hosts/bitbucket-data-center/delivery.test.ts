import { createDataCenterDeliveries } from './delivery';

const HOST = 'git.example.com:7990';
const deliveries = createDataCenterDeliveries({
  host: HOST,
  otherHosts: ['git.example.org', 'other.example.com'],
});

const readDelivery = (key: string | undefined, payload: unknown) =>
  deliveries.read({ 'x-event-key': key }, payload);

const repository = {
  slug: 'shop',
  id: 42,
  name: 'Shop',
  project: { key: 'PAY', id: 1, type: 'NORMAL' },
};
const about = {
  workspace: HOST,
  fullName: `${HOST}/pay/shop`,
  uuid: `${HOST}#42`,
};
const ZEROS = '0'.repeat(40);
const HASH = 'b'.repeat(40);

const change = (changes: object = {}) => ({
  ref: { id: 'refs/heads/main', displayId: 'main', type: 'BRANCH' },
  refId: 'refs/heads/main',
  fromHash: 'a'.repeat(40),
  toHash: HASH,
  type: 'UPDATE',
  ...changes,
});
const push = (...changes: object[]) => ({
  eventKey: 'repo:refs_changed',
  repository,
  changes,
});

describe('deliveries of Bitbucket Data Center', () => {
  it.each<[string, object, string | undefined]>([
    ['a push', {}, HASH],
    ['a new branch', { fromHash: ZEROS, type: 'ADD' }, HASH],
    ['a hash in capitals', { toHash: 'B'.repeat(40) }, HASH],
    ['a branch that was deleted', { toHash: ZEROS, type: 'DELETE' }, undefined],
    ['a deletion without zeros', { type: 'DELETE' }, undefined],
    ['a deletion without its type', { toHash: ZEROS, type: null }, undefined],
    ['a push without a head', { toHash: null }, undefined],
  ])('name the branch of %s', (_, changed, head) => {
    for (const key of ['repo:refs_changed', undefined]) {
      expect(readDelivery(key, push(change(changed)))).toEqual({
        events: [
          { kind: 'push', ...about, branches: [{ name: 'main', head }] },
        ],
      });
    }
  });

  it('ignore tags and other refs', () => {
    const tag = change({ refId: 'refs/tags/v1' });
    const other = change({ refId: 'refs/pull-requests/1/from' });
    expect(readDelivery(undefined, push(tag, other))).toEqual({
      outcome: 'ignored',
      reason: 'only tags were pushed',
    });
    expect(readDelivery(undefined, push(tag, change()))).toMatchObject({
      events: [{ branches: [{ name: 'main', head: HASH }] }],
    });
  });

  it('take a push of too many refs, or of none, for any change of the repository', () => {
    for (const count of [0, 1_001]) {
      const many = Array(count).fill(change());
      expect(readDelivery(undefined, push(...many))).toEqual({
        events: [{ kind: 'repository', ...about }],
      });
    }
  });

  it('name a renamed repository by its old and its new name', () => {
    const modified = (now: object) => ({
      eventKey: 'repo:modified',
      old: repository,
      new: { ...repository, ...now },
    });
    const renamed = modified({ slug: 'store', project: { key: '~Jane' } });
    expect(readDelivery(undefined, renamed)).toEqual({
      events: [
        { kind: 'repository', ...about },
        { kind: 'repository', ...about, fullName: `${HOST}/~jane/store` },
      ],
    });
    expect(readDelivery('repo:modified', modified({ name: 'S' }))).toEqual({
      events: [{ kind: 'repository', ...about }],
    });
  });

  it('name a project by the key that it has now', () => {
    const modified = {
      eventKey: 'project:modified',
      old: { key: 'PAY', id: 1 },
      new: { key: 'PAYMENTS', id: 1 },
    };
    for (const key of ['project:modified', undefined]) {
      expect(readDelivery(key, modified)).toEqual({
        events: [{ kind: 'project', workspace: HOST, projectKey: 'PAYMENTS' }],
      });
    }
  });

  it.each<[string | undefined, unknown, string]>([
    ['diagnostics:ping', { test: true }, 'a test of the connection'],
    [undefined, { test: true }, 'a test of the connection'],
    ['diagnostics:ping', null, 'a test of the connection'],
    ['repo:forked', { repository }, 'repo:forked does not concern'],
    ['repo:comment:added', { repository }, 'does not concern the catalog'],
    ['mirror:repo_synchronized', push(), 'does not concern the catalog'],
    [undefined, { repository }, 'the delivery names no event'],
    [undefined, null, 'the delivery names no event'],
    [undefined, [], 'the delivery names no event'],
    [undefined, 5, 'the delivery names no event'],
    [undefined, { eventKey: null }, 'the delivery names no event'],
  ])('ignore %s with %j', (key, payload, reason) => {
    expect(readDelivery(key, payload)).toEqual({
      outcome: 'ignored',
      reason: expect.stringContaining(reason),
    });
  });

  it('recognise a repeated delivery by its id', () => {
    const read = (id: string) =>
      deliveries.read({ 'x-request-id': id }, push(change()));
    expect(read('e0b0-1').id).toBe('e0b0-1');
    expect(read('@1LDAJ3x1038x1234x0').id).toBe('@1LDAJ3x1038x1234x0');
    for (const id of ['', 'a\nb', 'x'.repeat(65)]) {
      expect(read(id)).toEqual({
        outcome: 'malformed',
        reason: 'X-Request-Id is not the id of a request',
      });
    }
  });

  describe('of several instances', () => {
    const linkTo = (href: unknown) => ({ links: { self: [{ href }] } });
    const there = 'https://git.example.org/bitbucket/projects/PAY/repos/shop';

    it.each<[string, object]>([
      ['repository', { repository: { ...repository, ...linkTo(there) } }],
      ['actor', { actor: linkTo('https://git.example.org/users/jane') }],
      ['project', { project: linkTo('http://GIT.example.org/projects/PAY') }],
    ])('are ignored where the link of the %s leads elsewhere', (_, sent) => {
      expect(readDelivery(undefined, { ...push(change()), ...sent })).toEqual({
        outcome: 'ignored',
        reason: 'repo:refs_changed is from git.example.org',
        isOfAnotherHost: true,
      });
    });

    it.each<[string, object]>([
      ['no link', {}],
      ['an empty one', { links: { self: [null] } }],
      ['another kind of link', { links: { self: 'text' } }],
      ['a link that is not a URL', linkTo('fff')],
      ['a link that is not a text', linkTo({})],
      ['its own link', linkTo(`https://${HOST}/projects/PAY`)],
      ["an administrator's base URL", linkTo('https://git.corp/projects/PAY')],
    ])('are read where they have %s', (_, links) => {
      expect(
        readDelivery(undefined, {
          ...push(change()),
          repository: { ...repository, ...links },
        }),
      ).toMatchObject({ events: [about] });
    });
  });

  const wrongRepository = (changed: object): [unknown, string, string] => [
    { ...push(change()), repository: { ...repository, ...changed } },
    'repo:refs_changed',
    `repository.${Object.entries(changed)
      .map(([name, value]) =>
        typeof value === 'object' && value ? `${name}.key` : name,
      )
      .join()}`,
  ];
  const wrongChange = (changed: object): [unknown, string, string] => [
    push(change(changed)),
    'repo:refs_changed',
    `changes.0.${Object.keys(changed)[0]}`,
  ];
  const malformed: [unknown, string, string][] = [
    [{ eventKey: 'repo:refs_changed' }, 'repo:refs_changed', 'repository'],
    [{ repository }, 'repo:refs_changed', 'changes'],
    [{ repository, changes: {} }, 'repo:refs_changed', 'changes'],
    [null, 'repo:refs_changed', 'the body'],
    [5, 'repo:modified', 'the body'],
    ['text', 'project:modified', 'the body'],
    [[], 'repo:modified', 'the body'],
    [{ old: repository }, 'repo:modified', 'new'],
    [{ new: repository }, 'repo:modified', 'old'],
    [{ old: {}, new: repository }, 'repo:modified', 'old.id'],
    [{ new: {} }, 'project:modified', 'new.key'],
    [{ new: { key: 'a\nb' } }, 'project:modified', 'new.key'],
    [{ old: { key: 'PAY' } }, 'project:modified', 'new'],
    ...[null, undefined, 0, -1, 1.5, 2 ** 31, '42', []].map(
      (id): [unknown, string, string] => [
        { ...push(change()), repository: { ...repository, id } },
        'repo:refs_changed',
        'repository.id',
      ],
    ),
    ...['', '.', '..', 'a/b', 'a b', 'a\n', 'a\u2028', 'x'.repeat(129), 5].map(
      slug => wrongRepository({ slug }),
    ),
    ...['', '.', '~', '~a/b', 'A B', 'A\n', '-A', 'x'.repeat(129)].map(key =>
      wrongRepository({ project: { key } }),
    ),
    ...[
      '',
      'main',
      'refs/',
      'refs/heads/a b',
      'refs/heads/a..b',
      'refs/heads/a\nb',
      'refs/heads/\u001b[31m',
      'refs/heads/\ud800',
      'refs/heads/a/',
      `refs/heads/${'x'.repeat(256)}`,
      5,
      null,
    ].map(refId => wrongChange({ refId })),
    ...['', 'x', 'b'.repeat(39), `${HASH}\n`, 5].map(toHash =>
      wrongChange({ toHash }),
    ),
    ...['', 'A B', 'A\n', 5].map(type => wrongChange({ type })),
  ];

  it.each(
    malformed.map(([payload, key, field], index) => ({
      index,
      payload,
      key,
      field,
    })),
  )('take $field of $key for malformed ($index)', ({ payload, key, field }) => {
    expect(readDelivery(key, payload)).toEqual({
      outcome: 'malformed',
      reason: `${key} is not an event of Bitbucket Data Center: ${field} is not as documented`,
    });
  });

  it.each(['repo:push\nforged', '', 'x'.repeat(65), 'répo'])(
    'take an event %j for malformed, without repeating it',
    key => {
      for (const read of [
        readDelivery(key, push(change())),
        readDelivery(undefined, { ...push(change()), eventKey: key }),
      ]) {
        expect(read).toEqual({
          outcome: 'malformed',
          reason: expect.stringMatching(/^\S+ is not the key of an event$/),
        });
      }
    },
  );

  it.each(['feature/new', 'übung', '修正/一', 'a@b', '👩‍💻'])(
    'take %s for the name of a branch',
    name => {
      const named = change({ refId: `refs/heads/${name}` });
      expect(readDelivery(undefined, push(named))).toMatchObject({
        events: [{ branches: [{ name }] }],
      });
    },
  );
});
