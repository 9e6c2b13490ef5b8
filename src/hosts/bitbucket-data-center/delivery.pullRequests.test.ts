import fc from 'fast-check';
import { createDataCenterDeliveries, PULL_REQUEST_EVENTS } from './delivery';

const HOST = 'git.example.com';
const deliveries = createDataCenterDeliveries({ host: HOST });

const readDelivery = (key: string | undefined, payload: unknown) =>
  deliveries.read({ 'x-event-key': key }, payload);

const shop = { slug: 'shop', id: 42, project: { key: 'PAY' } };
const inShop = { uuid: `${HOST}#42`, fullName: `${HOST}/pay/shop` };
const HEAD = 'ab'.repeat(20);
const refs = {
  fromRef: {
    id: 'refs/heads/feature/x',
    displayId: 'feature/x',
    latestCommit: HEAD,
    repository: shop,
  },
  toRef: {
    id: 'refs/heads/main',
    displayId: 'main',
    latestCommit: 'C'.repeat(40),
    repository: shop,
  },
};
const pullRequest = {
  id: 7,
  version: 3,
  title: 'Add a shop',
  state: 'OPEN',
  draft: true,
  ...refs,
  links: { self: [null] },
};
const event = {
  kind: 'pull-request',
  workspace: HOST,
  ...inShop,
  pullRequest: {
    number: 7,
    title: 'Add a shop',
    state: 'open',
    isDraft: true,
    source: { branch: 'feature/x', commit: HEAD, repository: inShop },
    destination: {
      branch: 'main',
      commit: 'c'.repeat(40),
      repository: inShop,
    },
  },
};

const withChange = (change: object) => ({
  eventKey: 'pr:opened',
  pullRequest: { ...pullRequest, ...change },
});
const withSource = (change: object) =>
  withChange({ fromRef: { ...refs.fromRef, ...change } });
const withDestination = (change: object) =>
  withChange({ toRef: { ...refs.toRef, ...change } });

const KEYS = [...PULL_REQUEST_EVENTS, 'pr:to_ref_updated'];

describe('deliveries about pull requests of Bitbucket Data Center', () => {
  it.each(KEYS)('are read for %s, with headers and without', key => {
    const state = key === 'pr:deleted' ? 'declined' : 'open';
    const expected = {
      events: [{ ...event, pullRequest: { ...event.pullRequest, state } }],
    };
    const payload = { eventKey: key, pullRequest };
    expect(readDelivery(key, payload)).toEqual(expected);
    expect(readDelivery(undefined, payload)).toEqual(expected);
  });

  it.each([
    ['OPEN', 'open'],
    ['MERGED', 'merged'],
    ['DECLINED', 'declined'],
    ['DELETED', 'declined'],
  ])('take the state %s for %s', (state, expected) => {
    expect(readDelivery(undefined, withChange({ state }))).toMatchObject({
      events: [{ pullRequest: { state: expected } }],
    });
  });

  it.each([undefined, null, false])('take the draft %s for none', draft => {
    expect(readDelivery(undefined, withChange({ draft }))).toMatchObject({
      events: [{ pullRequest: { isDraft: false } }],
    });
  });

  it.each<[string, unknown, object | undefined]>([
    [
      'a fork',
      { slug: 'Shop', id: 43, project: { key: '~JANE' } },
      { uuid: `${HOST}#43`, fullName: `${HOST}/~jane/shop` },
    ],
    ['a fork that was deleted', null, undefined],
    ['nothing', undefined, undefined],
  ])('read the source of a pull request from %s', (_, from, expected) => {
    const read = readDelivery(undefined, withSource({ repository: from }));
    expect(read).toMatchObject({ events: [inShop] });
    const [one] = (read as { events: (typeof event)[] }).events;
    expect(one.pullRequest.source.repository).toEqual(expected);
  });

  it('read a pull request from a tag, and a closed one without commits', () => {
    expect(
      readDelivery(undefined, withSource({ id: 'refs/tags/v1' })),
    ).toMatchObject({
      events: [{ pullRequest: { source: { branch: 'v1' } } }],
    });
    const fromRef = { ...refs.fromRef, latestCommit: null };
    const closed = withChange({ state: 'DECLINED', fromRef });
    expect(readDelivery(undefined, closed)).toMatchObject({
      events: [{ pullRequest: { source: { commit: '' } } }],
    });
  });

  it('cut a title and make one line of it', () => {
    const title = ` a\n\u2028b\u0000c${'👍'.repeat(1_000)}`;
    const read = readDelivery(undefined, withChange({ title }));
    const [one] = (read as { events: (typeof event)[] }).events;
    expect(one.pullRequest.title).toMatch(/^a b c👍+$/u);
    expect(one.pullRequest.title.length).toBeLessThanOrEqual(1_000);
  });

  it.each([
    'pr:comment:added',
    'pr:comment:edited',
    'pr:comment:deleted',
    'pr:reviewer:updated',
    'pr:reviewer:approved',
    'pr:reviewer:unapproved',
    'pr:reviewer:needs_work',
    'pr:reviewer:changes_requested',
  ])('are ignored for %s, with headers and without', key => {
    for (const header of [key, undefined]) {
      const payload = { eventKey: key, pullRequest, comment: { id: 1 } };
      expect(readDelivery(header, payload)).toEqual({
        outcome: 'ignored',
        reason: `${key} does not concern the catalog`,
      });
    }
  });

  const wrong = (change: object, field: string): [unknown, string] => [
    withChange(change),
    `pullRequest.${field}`,
  ];
  const malformed: [unknown, string][] = [
    [null, 'the body'],
    [[], 'the body'],
    [{}, 'pullRequest'],
    ...[null, 7, 'text', true, []].map((one): [unknown, string] => [
      { pullRequest: one },
      'pullRequest',
    ]),
    ...[null, undefined, 0, -1, 0.5, 2 ** 31, 1e308, '7', [7], {}].map(id =>
      wrong({ id }, 'id'),
    ),
    ...[null, undefined, 5, ['a'], {}].map(title => wrong({ title }, 'title')),
    ...[null, undefined, '', 'open', 'OPEN\n', 'toString', 0, ['OPEN']].map(
      state => wrong({ state }, 'state'),
    ),
    ...['true', 0, {}, []].map(draft => wrong({ draft }, 'draft')),
    ...[null, undefined, 'feature/x', []].map(fromRef =>
      wrong({ fromRef }, 'fromRef'),
    ),
    ...[null, 5, '', 'main', 'refs/heads/', 'refs/heads/a b'].map(
      (id): [unknown, string] => [
        withDestination({ id }),
        'pullRequest.toRef.id',
      ],
    ),
    ...['refs/heads/a\nb', 'refs/heads/\u001b[2J', 'refs/pull/1'].map(
      (id): [unknown, string] => [withSource({ id }), 'pullRequest.fromRef.id'],
    ),
    ...['', 'b7f6f6ef9c1d', `${HEAD}\n`, 'main', 5].map(
      (latestCommit): [unknown, string] => [
        withSource({ latestCommit }),
        'pullRequest.fromRef.latestCommit',
      ],
    ),
    [withSource({ latestCommit: null }), 'pullRequest.fromRef.latestCommit'],
    [
      withDestination({ latestCommit: undefined }),
      'pullRequest.toRef.latestCommit',
    ],
    ...[null, undefined].map((repository): [unknown, string] => [
      withDestination({ repository }),
      'pullRequest.toRef.repository',
    ]),
    [
      withSource({ repository: { ...shop, slug: 'a\nb' } }),
      'pullRequest.fromRef.repository.slug',
    ],
    [
      withDestination({ repository: { ...shop, project: { key: '..' } } }),
      'pullRequest.toRef.repository.project.key',
    ],
  ];

  it.each(
    malformed.map(([payload, field], index) => ({ index, payload, field })),
  )('with a wrong $field are malformed ($index)', ({ payload, field }) => {
    for (const key of KEYS) {
      expect(readDelivery(key, payload)).toEqual({
        outcome: 'malformed',
        reason: `${key} is not an event of Bitbucket Data Center: ${field} is not as documented`,
      });
    }
  });

  it('are read whatever is in them', () => {
    const any = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(null, 7, 'refs/heads/main', HEAD, 'OPEN'),
    );
    const side = fc.record(
      {
        id: any,
        latestCommit: any,
        repository: fc.oneof(
          fc.record({ id: any, slug: any, project: any }),
          fc.constant(shop),
          any,
        ),
      },
      { requiredKeys: [] },
    );
    const payload = fc.record({
      eventKey: fc.oneof(fc.constantFrom(...KEYS), any),
      pullRequest: fc.record({
        id: any,
        title: any,
        state: fc.constantFrom('OPEN', 'MERGED', 'other', null),
        draft: any,
        fromRef: fc.oneof(fc.constant(refs.fromRef), side, any),
        toRef: fc.oneof(fc.constant(refs.toRef), side, any),
        links: any,
      }),
      repository: fc.oneof(any, fc.record({ links: any })),
      changes: any,
    });
    const keys = fc.constantFrom(...KEYS, 'repo:refs_changed', undefined);
    fc.assert(
      fc.property(keys, payload, (key, one) => {
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
