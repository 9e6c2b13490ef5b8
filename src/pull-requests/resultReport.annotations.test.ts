import {
  key,
  pullRequestUrl,
  link,
  posting,
  file,
  badName,
  badKind,
  unknownOwner,
  removal,
  conflict,
  unchecked,
  files,
  failed,
} from '../../testing/pull-requests/resultReport';
import { CheckResult, Finding } from './checkResult';

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
