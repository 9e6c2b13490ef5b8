import fc from 'fast-check';
import { CheckResult, Finding } from './checkResult';
import { reportKey, statusKey, toPosting } from './resultReport';
import { cutAtWord, publicText } from './publicText';

/** Any text, and rather often what Markdown, HTML or Bitbucket would act on. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '<script>',
        '@{557058:1}',
        '[x](https://evil.example)',
        '![](//evil.example/a.png)',
        '**',
        '`',
        '\n# ',
        '\r\n- ',
        '|',
        '~~',
        '&lt;',
        '\u202e',
        ':smile:',
        'https://evil.example/x?token=1',
        'https://bitbucket.org\\@',
        'https://bitbucket.org/',
        'word '.repeat(120),
        'x'.repeat(600),
      ),
    ),
    { maxLength: 6 },
  )
  .map(parts => parts.join(''));

const path = fc.oneof(fc.constantFrom('a.yaml', 'b/c.yaml'), hostile);

const finding: fc.Arbitrary<Finding> = fc.record(
  {
    rule: fc.constantFrom('schema', 'kind', 'removal', 'unchecked'),
    severity: fc.constantFrom('error', 'warning', 'note'),
    rejects: fc.constantFrom('file', 'entity', 'nothing'),
    path,
    line: fc.integer({ min: -1, max: 9 }),
    entityRef: fc.oneof(fc.constant('component:default/x'), hostile),
    pointer: fc.constantFrom('/a', '/b'),
    message: hostile,
  },
  { requiredKeys: ['rule', 'severity', 'rejects', 'message'] },
);

const result: fc.Arbitrary<CheckResult> = fc.record({
  files: fc.array(
    fc.record({
      path,
      change: fc.constantFrom('added', 'changed', 'moved', 'removed'),
      steps: fc.constant([]),
    }),
    { maxLength: 5 },
  ),
  findings: fc.array(finding, { maxLength: 120, size: 'max' }),
  plan: fc.array(
    fc.record(
      {
        entityRef: hostile,
        action: fc.constantFrom('add', 'change', 'move', 'remove'),
        path,
        fields: fc.array(hostile, { maxLength: 6 }),
      },
      { requiredKeys: ['entityRef', 'action', 'path'] },
    ),
    { maxLength: 6 },
  ),
});

const input = fc.record({
  result,
  config: fc.record({
    buildStatus: fc.constantFrom('off', 'failures', 'always'),
    comment: fc.constant(true),
  }),
  limits: fc.record({
    annotations: fc.constantFrom(100, 1_000, 7),
    summary: fc.constantFrom(450, 40, 1),
    details: fc.constantFrom(2_000, 120),
    values: fc.constantFrom(10, 3),
    description: fc.constantFrom(255, 20),
    comment: fc.constantFrom(30_000, 1_000, 300),
  }),
  key: fc.constant(reportKey('a', 'b', 'c')),
  statusKey: fc.constant(
    statusKey('a', 'b', { destination: 'c', source: 'd' }),
  ),
  pullRequest: fc.record({
    isDraft: fc.boolean(),
    isFork: fc.boolean(),
    source: fc.record({ branch: hostile }),
    destination: fc.record({ branch: hostile }),
  }),
  head: fc.constant('5d6e7f8090a1b2c3d4e5f60718293a4b5c6d7e8f'),
  pullRequestUrl: fc.constant('https://bitbucket.org/acme/shop/1'),
  link: fc.constantFrom(undefined, 'https://backstage.example.com/runs/ab'),
  durationMs: fc.double({ noNaN: true, min: -5, max: 1e6 }),
  hadFailed: fc.boolean(),
  hasComment: fc.boolean(),
});

/** What is left of a comment without what this module writes into it itself. */
function foreignParts(comment: string): string {
  return comment
    .replace(/^\*\*Backstage catalog: [\w ]+\*\*/, '')
    .replace(/^- \*\*(Error|Warning|Note)\*\* /gm, '')
    .replace(/\[[Ff]ull log\]\(https:\/\/backstage\.example\.com[\w/]+\)$/, '');
}

const OWN_LINE =
  /^(\*\*Backstage catalog: |- \*\*(Error|Warning|Note)\*\* |\d+ \w|\[Full log\])/;

describe('whatever is found', () => {
  it('has annotations with unique ids, within the limits', () => {
    fc.assert(
      fc.property(input, given => {
        const { annotations, report } = toPosting(given);
        const { limits, result: found } = given;
        const ids = annotations.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every(id => id.startsWith(`${given.key}-`))).toBe(true);
        expect(annotations.length).toBeLessThanOrEqual(
          Math.min(100, limits.annotations),
        );
        expect(annotations.length > 0).toBe(found.findings.length > 0);
        for (const { summary, path: at, line } of annotations) {
          expect(summary.length).toBeGreaterThanOrEqual(1);
          expect(summary.length).toBeLessThanOrEqual(limits.summary);
          expect(line === undefined || (line >= 1 && at)).toBeTruthy();
        }
        expect(report.details.length).toBeGreaterThanOrEqual(1);
        expect(report.details.length).toBeLessThanOrEqual(limits.details);
        expect(report.values.length).toBeLessThanOrEqual(limits.values);
      }),
      { numRuns: 30 },
    );
  });

  it('has a status within the limits, and none on a fork', () => {
    fc.assert(
      fc.property(input, given => {
        const { status } = toPosting(given);
        const { length } = status?.description ?? 'none';
        expect(length).toBeGreaterThanOrEqual(1);
        expect(length).toBeLessThanOrEqual(given.limits.description);
        expect(status && given.pullRequest.isFork).toBeFalsy();
      }),
      { numRuns: 30 },
    );
  });

  it('has a comment of text, whatever the names in it are', () => {
    fc.assert(
      fc.property(input, given => {
        const { comment } = toPosting(given);
        if (comment === undefined) {
          return;
        }
        expect(comment.length).toBeLessThan(given.limits.comment);
        const rest = foreignParts(comment);
        const unescaped = rest.replace(/\\[\\`*_[\]{}#.]/g, '');
        expect(unescaped).not.toMatch(/[<>@|~\\`*_[\]{}]|&(?!#\d+;)|:\/\//);
        expect(unescaped.replace(/&#\d+;/g, '')).not.toMatch(/[&#]/);
        // No name begins a line.
        const lines = comment.split(/[\n\r\v\f\u0085\u2028\u2029]/);
        expect(lines.filter(line => line && !OWN_LINE.test(line))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('names no host but bitbucket.org', () => {
    fc.assert(
      fc.property(input, given => {
        const { report, annotations, status } = toPosting(given);
        const texts = [
          report.details,
          status?.description,
          ...annotations.map(({ summary }) => summary),
        ].join('\n');
        expect(texts).not.toMatch(/https?:\/\/evil|\u202e/);
      }),
      { numRuns: 30 },
    );
  });
});

describe('cutAtWord', () => {
  it('keeps to the limit, and does not cut a character in two', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.integer({ min: 0, max: 100 }),
        (text, max) => {
          const line = publicText(text);
          const cut = cutAtWord(line, max);
          expect(cut.length).toBeLessThanOrEqual(max);
          expect(!/\p{Cs}/u.test(cut)).toBe(true);
          expect(line.startsWith(cut.replace(/…$/, ''))).toBe(true);
        },
      ),
    );
  });
});
