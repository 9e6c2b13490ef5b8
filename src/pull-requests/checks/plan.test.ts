import { bitbucketCloudUrls as urls } from '../../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { findConflicts } from './conflicts';
import { PlannedEntity, PlannedFile } from './mergeEntities';
import { changedFields, planChanges } from './plan';

const URL = 'https://bitbucket.org/acme/shop/src/main/';

function entity(name: string, owner = 'a', line = 1): PlannedEntity {
  return {
    entityRef: `component:default/${name}`,
    value: { kind: 'Component', metadata: { name }, spec: { owner } },
    line,
    isRejected: false,
    changedFields: [],
  };
}

function file(
  path: string,
  base: PlannedEntity[] | undefined,
  head: PlannedEntity[] | undefined,
  more: Partial<PlannedFile> = {},
): PlannedFile {
  return {
    path: head && path,
    oldPath: base && path,
    location: URL + path,
    oldLocation: base && URL + path,
    isTaken: true,
    isTouched: true,
    isDeleted: !head,
    head: head ?? [],
    base: base ?? [],
    ...more,
  };
}

const keys = (held: Record<string, string>) =>
  new Map(
    Object.entries(held).map(([name, path]) => [
      `component:default/${name}`,
      path.includes(':') ? path : `url:${URL}${path}`,
    ]),
  );

const A = entity('a');

describe('planChanges', () => {
  it.each<
    [
      what: string,
      files: PlannedFile[],
      held: Record<string, string>,
      plan: object[],
    ]
  >([
    [
      'an added file',
      [file('x', undefined, [A])],
      {},
      [{ action: 'add', path: 'x' }],
    ],
    ['an entity that stays', [file('x', [A], [A])], { a: 'x' }, []],
    [
      'an entity that changes',
      [file('x', [A], [entity('a', 'b')])],
      { a: 'x' },
      [{ action: 'change', path: 'x', fields: ['spec.owner'] }],
    ],
    [
      'an entity that the catalog lacks',
      [file('x', [A], [A])],
      {},
      [{ action: 'add', path: 'x' }],
    ],
    [
      'a removed entity',
      [file('x', [A], [])],
      { a: 'x' },
      [{ action: 'remove', path: 'x' }],
    ],
    [
      'a removed file',
      [file('x', [A], undefined)],
      { a: 'x' },
      [{ action: 'remove', path: 'x' }],
    ],
    [
      'a removed entity that the catalog has from elsewhere',
      [file('x', [A], [])],
      { a: 'y' },
      [],
    ],
    [
      'an entity that moves',
      [file('x', [A], []), file('y', [], [A])],
      { a: 'x' },
      [{ action: 'move', path: 'y', fromPath: 'x' }],
    ],
    [
      'a file that moves',
      [file('y', [A], [A], { oldPath: 'x', oldLocation: `${URL}x` })],
      { a: 'x' },
      [{ action: 'move', path: 'y', fromPath: 'x' }],
    ],
    [
      'a rejected file',
      [file('x', [A], [entity('b')], { isTaken: false })],
      { a: 'x' },
      [],
    ],
    [
      'a rejected entity',
      [file('x', [A], [{ ...entity('a', 'b'), isRejected: true }])],
      { a: 'x' },
      [],
    ],
    [
      'an entity that moves to a file that is rejected',
      [file('x', [A], []), file('y', [], [A], { isTaken: false })],
      { a: 'x' },
      [{ action: 'remove', path: 'x' }],
    ],
  ])('says what becomes of %s', (_, files, held, plan) => {
    const state = { keys: keys(held), current: new Map() };
    expect(planChanges(files, state)).toEqual(
      plan.map(change => ({ entityRef: A.entityRef, ...change })),
    );
  });

  const B = entity('b');
  const C = entity('c');
  const changed = (before?: PlannedEntity[]) => ({ branchChange: { before } });
  const ref = (name: string) => `component:default/${name}`;

  it.each<
    [
      what: string,
      files: PlannedFile[],
      plan: Record<string, string | string[]>[],
    ]
  >([
    [
      'what the branch has added',
      [file('x', [A, B], [entity('a', 'b')], changed([A]))],
      [{ entityRef: ref('a'), action: 'change', fields: ['spec.owner'] }],
    ],
    [
      'what the branch has changed',
      [
        file(
          'x',
          [entity('a', 'b'), B],
          [A, entity('b', 'z')],
          changed([A, B]),
        ),
      ],
      [{ entityRef: ref('b'), action: 'change', fields: ['spec.owner'] }],
    ],
    [
      'what the branch has removed',
      [file('x', [], [A, B], changed([A]))],
      [{ entityRef: ref('b'), action: 'change' }],
    ],
    [
      'what the pull request removes',
      [file('x', [entity('a', 'z'), B], [A], changed([A, B]))],
      [{ entityRef: ref('b'), action: 'remove' }],
    ],
    [
      'what may have been added by the branch',
      [file('x', [A, B], [A, C], changed())],
      [{ entityRef: ref('c'), action: 'change' }],
    ],
    [
      'what moves to another file',
      [file('x', [A, B], [B], changed([A, B])), file('y', [], [A])],
      [{ entityRef: ref('a'), action: 'move', path: 'y', fromPath: 'x' }],
    ],
    [
      'a file that the pull request deletes',
      [file('x', [A, B], undefined, changed([A]))],
      [
        { entityRef: ref('a'), action: 'remove' },
        { entityRef: ref('b'), action: 'remove' },
      ],
    ],
  ])(
    'says what becomes of %s, where the branch has changed the file since',
    (_, files, plan) => {
      const state = {
        keys: keys({ a: 'x', b: 'x', c: 'x' }),
        current: new Map([[`${URL}x`, [A.entityRef, B.entityRef]]]),
      };
      expect(planChanges(files, state)).toEqual(
        plan.map(change => expect.objectContaining(change)),
      );
    },
  );

  it('merges the fields of an entity that both sides have changed', () => {
    const spec = (value: object): PlannedEntity => ({
      ...A,
      value: { kind: 'Component', spec: { ...value } },
    });
    const one = file(
      'x',
      [spec({ owner: 'b', type: 'x', tags: ['a'] })],
      [spec({ owner: 'a', type: 'y', tags: ['b'], more: { c: 1 } })],
      changed([spec({ owner: 'a', type: 'x', tags: [], gone: 1 })]),
    );
    const state = { keys: keys({ a: 'x' }), current: new Map() };
    expect(planChanges([one], state)).toMatchObject([
      { action: 'change', fields: ['spec.type', 'spec.tags', 'spec.more'] },
    ]);
  });

  it('removes what the catalog has of a file although its branch does not', () => {
    const state = {
      keys: keys({ a: 'x' }),
      current: new Map([[`${URL}x`, [A.entityRef]]]),
    };
    expect(planChanges([file('x', [], undefined)], state)).toEqual([
      { entityRef: A.entityRef, action: 'remove', path: 'x' },
    ]);
  });

  it('compares both sides where what the catalog has is unknown', () => {
    const files = [
      file('x', [A, entity('b')], [entity('a', 'c'), entity('d')]),
    ];
    expect(planChanges(files, { current: new Map() })).toMatchObject([
      { entityRef: 'component:default/a', action: 'change' },
      { entityRef: 'component:default/d', action: 'add' },
      { entityRef: 'component:default/b', action: 'remove' },
    ]);
  });
});

it('names at most 20 fields that change', () => {
  expect(
    changedFields(
      { spec: { a: [1], b: { c: 1, d: 2 } }, metadata: { name: 'x' } },
      { spec: { a: [2], b: { c: 1 }, e: 3 }, metadata: { name: 'x' } },
    ),
  ).toEqual(['spec.a', 'spec.b.d', 'spec.e']);
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`k${index}`, index]),
  );
  expect(changedFields({}, many)).toHaveLength(20);
});

describe('findConflicts', () => {
  const find = (files: PlannedFile[], held: Record<string, string>) =>
    findConflicts(
      files,
      { keys: keys(held), current: new Map() },
      { severity: 'error', urls, isPublic: false },
    ).map(({ rule, path, line }) => [rule, path, line]);

  it.each<
    [
      what: string,
      files: PlannedFile[],
      held: Record<string, string>,
      found: unknown[][],
    ]
  >([
    ['a new entity', [file('x', undefined, [A])], {}, []],
    ['an entity of the same file', [file('x', [A], [A])], { a: 'x' }, []],
    [
      'an entity of another file',
      [file('x', undefined, [A])],
      { a: 'y' },
      [['conflict', 'x', 1]],
    ],
    [
      'an entity of an entity provider',
      [file('x', undefined, [A])],
      { a: 'ldap:default' },
      [['conflict', 'x', 1]],
    ],
    [
      'an entity that another file gives up',
      [file('x', undefined, [A]), file('y', [A], [])],
      { a: 'y' },
      [],
    ],
    [
      'an entity that a rejected file would give up',
      [file('x', undefined, [A]), file('y', [A], [], { isTaken: false })],
      { a: 'y' },
      [['conflict', 'x', 1]],
    ],
    [
      'a copy of an entity that stays',
      [file('x', undefined, [A]), file('y', [A], [A])],
      { a: 'y' },
      [['duplicate', 'x', 1]],
    ],
    [
      'an entity that is twice in a file',
      [file('x', undefined, [entity('a', 'a', 3), entity('a', 'b', 9)])],
      {},
      [['duplicate', 'x', 3]],
    ],
    [
      'an entity in two files',
      [file('x', undefined, [A]), file('y', undefined, [A])],
      {},
      [['duplicate', 'y', 1]],
    ],
  ])('judges %s', (_, files, held, found) => {
    const copies = files.map(one => ({
      ...one,
      head: one.head.map(other => ({ ...other })),
    }));
    expect(find(copies, held)).toEqual(found);
  });

  it('does not name a location of another host', () => {
    const [finding] = findConflicts(
      [file('x', undefined, [{ ...A }])],
      { keys: keys({ a: 'url:https://git.internal/x' }), current: new Map() },
      { severity: 'error', urls, isPublic: false },
    );
    expect(finding.message).toBe(
      'component:default/a is already defined at a location on another host. The catalog keeps that one and ignores this one. Rename this entity, or remove the other one first.',
    );
  });
});
