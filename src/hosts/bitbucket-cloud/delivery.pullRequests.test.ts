import fc from 'fast-check';
import { bitbucketCloudDeliveries, PULL_REQUEST_EVENTS } from './delivery';

const readDelivery = (key: string | undefined, payload: unknown) =>
  bitbucketCloudDeliveries.read({ 'x-event-key': key }, payload);

const repository = {
  type: 'repository',
  uuid: '{1}',
  full_name: 'Acme/Shop',
  workspace: { uuid: '{w}' },
};
const inShop = { uuid: '{1}', full_name: 'acme/shop', name: 'shop' };
const sides = {
  source: {
    branch: { name: 'feature/x' },
    commit: { hash: 'b7f6f6ef9c1d' },
    repository: inShop,
  },
  destination: {
    branch: { name: 'main' },
    commit: { hash: '0123456789AB' },
    repository: inShop,
  },
};
const pullrequest = {
  type: 'pullrequest',
  id: 7,
  title: 'Add a shop',
  state: 'OPEN',
  draft: true,
  ...sides,
};
const event = {
  kind: 'pull-request',
  workspace: 'acme',
  workspaceUuid: '{w}',
  fullName: 'acme/shop',
  uuid: '{1}',
  pullRequest: {
    number: 7,
    title: 'Add a shop',
    state: 'open',
    isDraft: true,
    source: {
      branch: 'feature/x',
      commit: 'b7f6f6ef9c1d',
      repository: { uuid: '{1}', fullName: 'acme/shop' },
    },
    destination: {
      branch: 'main',
      commit: '0123456789ab',
      repository: { uuid: '{1}', fullName: 'acme/shop' },
    },
  },
};

const withChange = (change: object) => ({
  repository,
  pullrequest: { ...pullrequest, ...change },
});
const withSource = (change: object) =>
  withChange({ source: { ...sides.source, ...change } });
const withDestination = (change: object) =>
  withChange({ destination: { ...sides.destination, ...change } });

const KEYS = [...PULL_REQUEST_EVENTS, undefined];

describe('readDelivery of a pull request', () => {
  it.each(KEYS)('reads %s', key => {
    expect(readDelivery(key, { repository, pullrequest })).toEqual({
      events: [event],
    });
  });

  it.each([
    ['OPEN', 'open'],
    ['MERGED', 'merged'],
    ['DECLINED', 'declined'],
    ['SUPERSEDED', 'declined'],
  ])('takes the state %s for %s', (state, expected) => {
    expect(readDelivery(undefined, withChange({ state }))).toMatchObject({
      events: [{ pullRequest: { state: expected } }],
    });
  });

  it.each([undefined, null, false])('takes the draft %s for none', draft => {
    expect(readDelivery(undefined, withChange({ draft }))).toMatchObject({
      events: [{ pullRequest: { isDraft: false } }],
    });
  });

  it.each<[string, unknown, object | undefined]>([
    [
      'a fork',
      { uuid: '{2}', full_name: 'Me/Fork' },
      { uuid: '{2}', fullName: 'me/fork' },
    ],
    ['a fork that was deleted', null, undefined],
    ['nothing', undefined, undefined],
    ['a fork without a uuid', { full_name: 'me/fork' }, undefined],
    ['a fork without a name', { uuid: '{2}', full_name: null }, undefined],
  ])('reads the source of a pull request from %s', (_, from, expected) => {
    const read = readDelivery(undefined, withSource({ repository: from }));
    expect(read).toMatchObject({ events: [{ fullName: 'acme/shop' }] });
    const [{ pullRequest }] = (read as { events: (typeof event)[] }).events;
    expect(pullRequest.source.repository).toEqual(expected);
  });

  it.each([undefined, null, {}])(
    'knows the destination where the pull request says %j of it',
    into => {
      expect(
        readDelivery(undefined, withDestination({ repository: into })),
      ).toEqual({ events: [event] });
    },
  );

  it('reads a closed pull request whose commits are gone', () => {
    const { source } = sides;
    const closed = { state: 'DECLINED', source: { ...source, commit: null } };
    expect(readDelivery(undefined, withChange(closed))).toMatchObject({
      events: [{ pullRequest: { state: 'declined', source: { commit: '' } } }],
    });
  });

  it('cuts a title and makes one line of it', () => {
    const title = ` a\n\u2028b\u0000c${'👍'.repeat(1_000)}`;
    const read = readDelivery(undefined, withChange({ title }));
    const [{ pullRequest }] = (read as { events: (typeof event)[] }).events;
    expect(pullRequest.title).toMatch(/^a b c👍+$/u);
    expect(pullRequest.title.length).toBeLessThanOrEqual(1_000);
  });

  it.each([
    ['pullrequest:approved', { approval: { date: '2026-11-26' } }],
    ['pullrequest:unapproved', { approval: { date: '2026-11-26' } }],
    ['pullrequest:changes_request_created', { changes_request: {} }],
    ['pullrequest:changes_request_removed', { changes_request: {} }],
    ['pullrequest:comment_created', { comment: { id: 1 } }],
    ['pullrequest:comment_resolved', { comment: { id: 1 } }],
  ])('ignores %s, with its key and without', (key, remark) => {
    for (const one of [key, undefined]) {
      for (const about of [pullrequest, { id: 7 }]) {
        expect(
          readDelivery(one, { repository, pullrequest: about, ...remark }),
        ).toEqual({
          outcome: 'ignored',
          reason: expect.stringContaining('does not concern the catalog'),
        });
      }
    }
  });

  it.each(PULL_REQUEST_EVENTS)(
    'does not take %s for a change of the repository',
    key => {
      expect(readDelivery(key, { repository })).toEqual({
        outcome: 'malformed',
        reason: `${key} is not an event of Bitbucket Cloud: pullrequest is not as documented`,
      });
    },
  );

  const malformed: [unknown, string][] = [
    [{ pullrequest }, 'repository'],
    [{ repository: null, pullrequest }, 'repository'],
    [{ repository: [], pullrequest }, 'repository'],
    [
      { repository: { ...repository, uuid: '{2}' }, pullrequest },
      'pullrequest.destination.repository',
    ],
    [
      { repository: { ...repository, full_name: 'a\nb/c' }, pullrequest },
      'repository.full_name',
    ],
    ...[null, 0, 7, '', 'text', true, []].map((one): [unknown, string] => [
      { repository, pullrequest: one },
      'pullrequest',
    ]),
    [{ repository, pullrequest: {} }, 'pullrequest.id'],
    ...[
      null,
      undefined,
      0,
      -1,
      0.5,
      2_147_483_648,
      2 ** 53,
      1e308,
      NaN,
      '7',
      [7],
      {},
    ].map((id): [unknown, string] => [withChange({ id }), 'pullrequest.id']),
    ...[null, undefined, 5, ['a'], {}].map((title): [unknown, string] => [
      withChange({ title }),
      'pullrequest.title',
    ]),
    ...[
      null,
      undefined,
      '',
      'open',
      'OPEN\n',
      'QUEUED',
      '__proto__',
      'toString',
      0,
      ['OPEN'],
    ].map((state): [unknown, string] => [
      withChange({ state }),
      'pullrequest.state',
    ]),
    ...['true', 0, {}, []].map((draft): [unknown, string] => [
      withChange({ draft }),
      'pullrequest.draft',
    ]),
    ...[null, undefined, 'feature/x', []].map((source): [unknown, string] => [
      withChange({ source }),
      'pullrequest.source',
    ]),
    ...[null, undefined, 'main', {}].map((branch): [unknown, string] => [
      withDestination({ branch }),
      branch === null || typeof branch !== 'object'
        ? 'pullrequest.destination.branch'
        : 'pullrequest.destination.branch.name',
    ]),
    ...[
      '',
      'a b',
      'a..b',
      'a\nb',
      '\u001b[2J',
      '\ud800',
      '../../user',
      'x'.repeat(256),
      'x'.repeat(1_000_000),
      5,
      null,
    ].map((name): [unknown, string] => [
      withSource({ branch: { name } }),
      'pullrequest.source.branch.name',
    ]),
    ...[
      '',
      'b7f6f6',
      'main',
      'b7f6f6ef9c1d\n',
      '../b7f6f6e',
      'b'.repeat(65),
      'b'.repeat(1_000_000),
      5,
      null,
    ].map((hash): [unknown, string] => [
      withSource({ commit: { hash } }),
      'pullrequest.source.commit.hash',
    ]),
    [withSource({ commit: null }), 'pullrequest.source.commit'],
    [withDestination({ commit: undefined }), 'pullrequest.destination.commit'],
    ...['', '2', '{2}\n', '{2}/..', 5].map((uuid): [unknown, string] => [
      withSource({ repository: { ...inShop, uuid } }),
      'pullrequest.source.repository.uuid',
    ]),
    ...['', 'fork', '../fork', 'me/fork/..', 'me/fork\n', 5].map(
      (full_name): [unknown, string] => [
        withSource({ repository: { ...inShop, full_name } }),
        'pullrequest.source.repository.full_name',
      ],
    ),
    [
      withDestination({ repository: { ...inShop, uuid: '{2}' } }),
      'pullrequest.destination.repository',
    ],
    [withSource({ repository: 'me/fork' }), 'pullrequest.source.repository'],
  ];

  it('takes many payloads for malformed', () => {
    expect(malformed.length).toBeGreaterThanOrEqual(60);
  });

  it.each(
    malformed.map(([payload, field], index) => ({ index, payload, field })),
  )(
    'takes $field for malformed ($index), whatever the event',
    ({ payload, field }) => {
      for (const key of KEYS) {
        expect(readDelivery(key, payload)).toEqual({
          outcome: 'malformed',
          reason: `${key ?? 'the delivery'} is not an event of Bitbucket Cloud: ${field} is not as documented`,
        });
      }
    },
  );

  it('reads whatever is in a delivery of a pull request', () => {
    const any = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(null, '{1}', 'acme/shop', 'main', 'b7f6f6ef9c1d', 7),
    );
    const side = fc.record(
      {
        branch: fc.oneof(fc.record({ name: any }), any),
        commit: fc.oneof(fc.record({ hash: any }), any),
        repository: fc.oneof(fc.record({ uuid: any, full_name: any }), any),
      },
      { requiredKeys: [] },
    );
    const payload = fc.record(
      {
        repository: fc.constantFrom(repository, null, {}),
        pullrequest: fc.record({
          id: any,
          title: any,
          state: fc.constantFrom('OPEN', 'MERGED', 'other', null),
          draft: any,
          source: fc.oneof(fc.constant(sides.source), side, any),
          destination: fc.oneof(fc.constant(sides.destination), side, any),
        }),
        comment: any,
      },
      { requiredKeys: ['repository', 'pullrequest'] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), payload, (key, one) => {
        const read = readDelivery(key, one);
        expect(
          'events' in read
            ? read.events.map(({ kind }) => kind)
            : [read.outcome],
        ).toEqual([
          expect.stringMatching(/^(pull-request|ignored|malformed)$/),
        ]);
      }),
    );
  });
});
