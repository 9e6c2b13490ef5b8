import { PullRequestLimits } from '../scm/pullRequests';
import { CheckedFile, CheckResult, EntityChange, Finding } from './checkResult';
import { reportKey, statusKey, toPosting } from './resultReport';

const key = reportKey('https://backstage.example.com', '{d-1}', 'main');
const head = '5d6e7f8090a1b2c3d4e5f60718293a4b5c6d7e8f';
const pullRequestUrl = 'https://bitbucket.org/acme/shop/pull-requests/12';
const link = 'https://backstage.example.com/api/catalog/bitbucket/runs/ab';

const limits: PullRequestLimits = {
  annotations: 100,
  summary: 450,
  details: 2_000,
  values: 10,
  description: 255,
  comment: 30_000,
};

type Input = Parameters<typeof toPosting>[0];

function posting(
  result: Partial<CheckResult>,
  {
    pullRequest,
    ...input
  }: Partial<Omit<Input, 'pullRequest'>> & {
    pullRequest?: Partial<Input['pullRequest']>;
  } = {},
) {
  return toPosting({
    result: { files: [], findings: [], plan: [], ...result },
    config: { buildStatus: 'failures', comment: true },
    limits,
    key,
    statusKey: key,
    pullRequest: {
      isDraft: false,
      isFork: false,
      source: { branch: 'feature/shop' },
      destination: { branch: 'main' },
      ...pullRequest,
    },
    head,
    pullRequestUrl,
    link,
    durationMs: 1_400.4,
    hadFailed: false,
    hasComment: false,
    ...input,
  });
}

function file(
  path: string,
  how: CheckedFile['change'] = 'changed',
): CheckedFile {
  return { path, change: how, steps: [] };
}

const badName: Finding = {
  rule: 'schema',
  severity: 'error',
  rejects: 'file',
  path: 'catalog-info.yaml',
  line: 4,
  entityRef: 'component:default/shop api',
  pointer: '/metadata/name',
  message:
    '`metadata.name` may contain letters, digits, `-`, `_` and `.`, up to 63 characters. Found "shop api".',
};

const badKind: Finding = {
  rule: 'kind',
  severity: 'error',
  rejects: 'file',
  path: 'catalog-info.yaml',
  line: 21,
  entityRef: 'group:default/payments',
  message:
    'kind Group is not allowed at this location (catalog.rules). The whole file would be rejected.',
};

const unknownOwner: Finding = {
  rule: 'reference',
  severity: 'warning',
  rejects: 'nothing',
  path: 'apis/catalog-info.yaml',
  line: 9,
  entityRef: 'component:default/cart',
  pointer: '/spec/owner',
  message:
    'owner group:default/paymnets does not exist in the catalog. Did you mean group:default/payments?',
};

const removal: Finding = {
  rule: 'removal',
  severity: 'warning',
  rejects: 'nothing',
  entityRef: 'component:default/legacy-shop',
  line: 3,
  message:
    'legacy/catalog-info.yaml is deleted: component:default/legacy-shop would be removed. 3 entities refer to it.',
};

const conflict: Finding = {
  rule: 'conflict',
  severity: 'error',
  rejects: 'entity',
  path: 'apis/catalog-info.yaml',
  line: 3,
  entityRef: 'component:default/cart',
  message:
    'component:default/cart is already defined at https://bitbucket.org/acme/basket/src/main/catalog-info.yaml. The catalog keeps that one and ignores this one.',
};

const unchecked: Finding = {
  rule: 'unchecked',
  severity: 'note',
  rejects: 'nothing',
  path: 'apis/catalog-info.yaml',
  message: 'A target in another repository was not checked.',
};

function change(
  action: EntityChange['action'],
  name: string,
  more: Partial<EntityChange> = {},
): EntityChange {
  const entityRef = `component:default/${name}`;
  return { entityRef, action, path: 'apis/catalog-info.yaml', ...more };
}

const plan = [
  change('add', 'cart'),
  change('change', 'shop', { fields: ['spec.owner'] }),
  change('remove', 'legacy-shop', { path: 'legacy/catalog-info.yaml' }),
];

const files = [
  file('catalog-info.yaml'),
  file('apis/catalog-info.yaml'),
  file('legacy/catalog-info.yaml', 'removed'),
];

const failed: CheckResult = {
  files,
  findings: [badName, badKind, unknownOwner],
  plan,
};

describe('statusKey', () => {
  it('differs by branch on either side, and has at most 40 characters', () => {
    const keyOf = (destination: string, source: string) =>
      statusKey('https://backstage.example.com', '{d-1}', {
        destination,
        source,
      });
    const keys = [keyOf('main', 'a'), keyOf('main', 'b'), keyOf('next', 'a')];
    expect(new Set(keys).size).toBe(3);
    keys.forEach(one => expect(one.length).toBeLessThanOrEqual(40));
  });
});

describe('reportKey', () => {
  it('has 35 characters, of which the last sixteen tell apart', () => {
    expect(key).toMatch(/^backstage-catalog-[0-9a-f]{8}-[0-9a-f]{8}$/);
    expect(key).toHaveLength(35);
    expect(reportKey('https://other.example.com', '{d-1}', 'main')).not.toBe(
      key,
    );
    expect(
      reportKey('https://backstage.example.com', '{d-2}', 'main'),
    ).not.toBe(key);
    expect(
      reportKey('https://backstage.example.com', '{d-1}', 'release'),
    ).not.toBe(key);
  });
});

describe('the report of a pull request', () => {
  it('says what is wrong, and what merging would do', () => {
    expect(posting(failed).report).toEqual({
      id: key,
      title: 'Backstage catalog',
      details:
        '2 errors and 1 warning in 2 of 3 catalog files. If merged, the catalog rejects catalog-info.yaml and keeps its current entities. The other files would add 1 entity, change 1 and remove 1.',
      isPassed: false,
      reporter: 'Backstage',
      link,
      values: [
        { title: 'Errors', type: 'number', value: 2 },
        { title: 'Warnings', type: 'number', value: 1 },
        { title: 'Added', type: 'number', value: 1 },
        { title: 'Changed', type: 'number', value: 1 },
        { title: 'Removed', type: 'number', value: 1 },
        { title: 'Files', type: 'number', value: 3 },
        { title: 'Target branch', type: 'text', value: 'main' },
        { title: 'Duration', type: 'duration', value: 1_400 },
        { title: 'Log', type: 'link', text: 'Full log', url: link },
      ],
    });
  });

  it.each<[string, Partial<CheckResult>, string]>([
    [
      'valid files and the names of few entities',
      {
        files: [file('a.yaml'), file('b.yaml'), file('c.yaml')],
        plan: plan.slice(0, 2),
      },
      '3 catalog files are valid. Merging adds component:default/cart and changes component:default/shop (spec.owner).',
    ],
    [
      'the number of many entities',
      {
        files: [file('a.yaml')],
        plan: [1, 2, 3, 4, 5].map(number => change('add', `c${number}`)),
      },
      '1 catalog file is valid. Merging adds 5 entities.',
    ],
    [
      'that no entity changes',
      { files: [file('a.yaml')] },
      '1 catalog file is valid. Merging changes no entity.',
    ],
    [
      'where an entity moves to',
      {
        files: [file('b.yaml', 'moved')],
        plan: [change('move', 'cart', { path: 'b.yaml', fromPath: 'a.yaml' })],
      },
      '1 catalog file is valid. Merging moves component:default/cart to b.yaml.',
    ],
    [
      'a deleted file beside valid ones',
      { files: [file('a.yaml'), file('b.yaml', 'removed')] },
      '1 catalog file is valid, 1 is deleted. Merging changes no entity.',
    ],
    [
      'a deleted file alone',
      {
        files: [file('legacy.yaml', 'removed')],
        findings: [removal],
        plan: [plan[2]],
      },
      '1 warning. Merging removes component:default/legacy-shop.',
    ],
    [
      'an entity that is rejected by itself',
      { files, findings: [conflict] },
      '1 error in 1 of 3 catalog files. If merged, the catalog rejects component:default/cart. Nothing else would change.',
    ],
    [
      'an entity beside a rejected file',
      { files, findings: [badKind, conflict], plan },
      '2 errors in 2 of 3 catalog files. If merged, the catalog rejects catalog-info.yaml and keeps its current entities. It also rejects component:default/cart. The other files would add 1 entity, change 1 and remove 1.',
    ],
    [
      'a new file, of which the catalog has no entities',
      {
        files: [file('catalog-info.yaml', 'added')],
        findings: [badKind],
        plan: [change('add', 'cart', { path: 'catalog-info.yaml' })],
      },
      '1 error in catalog-info.yaml. If merged, the catalog rejects catalog-info.yaml.',
    ],
    [
      'what was not checked, without calling its file valid',
      {
        files: [file('a.yaml'), file('apis/catalog-info.yaml')],
        findings: [unchecked],
      },
      '1 catalog file is valid. Merging changes no entity. 1 note says what was not checked.',
    ],
    [
      'some of many rejected files',
      {
        files: [1, 2, 3, 4, 5].map(number => file(`${number}.yaml`)),
        findings: [1, 2, 3, 4, 5].map(number => ({
          ...badKind,
          path: `${number}.yaml`,
        })),
      },
      '5 errors in 5 catalog files. If merged, the catalog rejects 1.yaml, 2.yaml, 3.yaml and 2 more files and keeps their current entities.',
    ],
  ])('names %s', (_, result, details) => {
    expect(posting(result).report.details).toBe(details);
  });

  it('has room for entities that move', () => {
    const { values } = posting({ plan: [...plan, change('move', 'x')] }).report;
    expect(values.map(({ title }) => title)).toEqual([
      'Errors',
      'Warnings',
      'Added',
      'Changed',
      'Moved',
      'Removed',
      'Files',
      'Target branch',
      'Duration',
      'Log',
    ]);
  });

  it('has no link where there is no page', () => {
    const { report } = posting(failed, { link: undefined });
    expect(report).not.toHaveProperty('link');
    expect(report.values.map(({ title }) => title)).not.toContain('Log');
  });

  it('keeps to itself which hosts and credentials a message quotes', () => {
    const { report, annotations, comment } = posting({
      files: [file('a.yaml')],
      findings: [
        {
          ...badKind,
          path: 'a.yaml',
          message:
            'Read https://vault.corp.example/v1/kv?x=1 and postgres://db:5432/x, not https://x-token-auth:s3cr3t@bitbucket.org/acme/shop?token=s3cr3t#l; 10.0.0.7:7007 and localhost:7007 say Bearer abcdefgh12345 and ATBBabcdefghijklmnop1234 from git@git.corp.example:acme/x.',
        },
      ],
    });
    expect(annotations[0].summary).toBe(
      'group:default/payments: Read (URL removed) and (URL removed), not https://bitbucket.org/acme/shop#l; (removed) and (removed) say (removed) and (removed) from (removed) The whole file would be rejected.',
    );
    expect(JSON.stringify([report, comment])).not.toMatch(/corp|s3cr3t|10\.0/);
  });
});

describe('the annotations of a pull request', () => {
  it('stand at the lines, the worst first, and name the entity', () => {
    const { annotations } = posting({
      ...failed,
      findings: [unknownOwner, unchecked, badName, badKind, removal, conflict],
    });
    expect(annotations).toEqual([
      {
        id: expect.stringMatching(new RegExp(`^${key}-[0-9a-f]{16}$`)),
        severity: 'error',
        summary:
          'component:default/shop api: `metadata.name` may contain letters, digits, `-`, `_` and `.`, up to 63 characters. Found "shop api". The whole file would be rejected.',
        path: 'catalog-info.yaml',
        line: 4,
      },
      expect.objectContaining({
        summary:
          'group:default/payments: kind Group is not allowed at this location (catalog.rules). The whole file would be rejected.',
        line: 21,
      }),
      expect.objectContaining({ severity: 'error', summary: conflict.message }),
      expect.objectContaining({ severity: 'warning', line: 9 }),
      {
        id: expect.any(String),
        severity: 'warning',
        summary: removal.message,
      },
      expect.objectContaining({ severity: 'note' }),
    ]);
    expect(annotations[5]).not.toHaveProperty('line');
  });

  it('keep their id when only the line changes, and have another at another place', () => {
    const idOf = (finding: Finding) =>
      posting({ findings: [finding] }).annotations[0].id;
    const id = idOf(unknownOwner);
    expect(idOf({ ...unknownOwner, line: 20, message: 'x' })).toBe(id);
    expect(idOf({ ...unknownOwner, pointer: '/spec/system' })).not.toBe(id);
    expect(idOf({ ...unknownOwner, path: 'b.yaml' })).not.toBe(id);
    expect(idOf({ ...unknownOwner, rule: 'schema' })).not.toBe(id);
    expect(idOf({ ...unknownOwner, entityRef: 'api:default/x' })).not.toBe(id);
  });

  it('are one where the same is found twice, and have a number where it is not the same', () => {
    const { annotations } = posting({
      findings: [conflict, { ...conflict }, { ...conflict, line: 8 }],
    });
    expect(annotations.map(({ line }) => line)).toEqual([3, 8]);
    expect(annotations[1].id).toBe(`${annotations[0].id}-2`);
  });

  it('are a hundred at most, and the report says how many there are beside', () => {
    const findings = Array.from({ length: 340 }, (_, index) => ({
      ...(index < 200 ? unknownOwner : conflict),
      pointer: `/${index}`,
    }));
    const { annotations, report } = posting({ files, findings });
    expect(annotations).toHaveLength(100);
    expect(new Set(annotations.map(one => one.severity))).toEqual(
      new Set(['error']),
    );
    expect(report.details).toMatch(/ 240 more findings are only in the log\.$/);
    expect(
      posting({ files, findings }, { link: undefined }).report.details,
    ).toMatch(/ 240 more findings are not shown\.$/);
  });

  it('end at a word where they are too long', () => {
    const { annotations } = posting({
      findings: [{ ...conflict, message: 'word '.repeat(200) }],
    });
    const [{ summary }] = annotations;
    expect(summary).toMatch(/^component:default\/cart: .* word…$/);
    expect(summary.length).toBeLessThanOrEqual(450);
    expect(summary.length).toBeGreaterThan(440);
  });

  it('say something even where a message is empty', () => {
    const { annotations } = posting({
      findings: [{ ...removal, entityRef: undefined, message: '\u202e\n' }],
    });
    expect(annotations[0].summary).toBe('Something is wrong (removal).');
  });
});

describe('the build status of a pull request', () => {
  const passed = { files: [file('a.yaml')] };

  it.each<
    [string, Partial<CheckResult>, Parameters<typeof posting>[1], unknown]
  >([
    ['a failure', failed, {}, [false, '2 errors in catalog-info.yaml']],
    [
      'a failure of several files',
      { files, findings: [badKind, conflict] },
      {},
      [false, '2 errors in 2 files'],
    ],
    ['a failure before', passed, { hadFailed: true }, [true, 'Fixed']],
    ['nothing wrong', passed, {}, undefined],
    ['a warning', { files, findings: [unknownOwner] }, {}, undefined],
    [
      'nothing wrong, where each is posted',
      passed,
      { config: { buildStatus: 'always', comment: false } },
      [true, '1 catalog file is valid'],
    ],
    [
      'a warning, where each is posted',
      { files, findings: [unknownOwner] },
      { config: { buildStatus: 'always', comment: false } },
      [true, '1 warning in apis/catalog-info.yaml'],
    ],
    [
      'a failure, where none is posted',
      failed,
      { config: { buildStatus: 'off', comment: false }, hadFailed: true },
      undefined,
    ],
    ['a fork', failed, { pullRequest: { isFork: true } }, undefined],
  ])('is right after %s', (_, result, input, expected) => {
    const { status } = posting(result, input);
    expect(status && [status.isPassed, status.description]).toEqual(expected);
  });

  it('has the key of the report and the source branch, and links to the run', () => {
    expect(posting(failed).status).toEqual({
      key,
      isPassed: false,
      name: 'Backstage catalog',
      description: '2 errors in catalog-info.yaml',
      url: link,
      branch: 'feature/shop',
    });
    expect(posting(failed, { link: undefined }).status?.url).toBe(
      pullRequestUrl,
    );
  });
});
