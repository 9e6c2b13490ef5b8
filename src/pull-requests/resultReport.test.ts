import {
  key,
  link,
  posting,
  file,
  badKind,
  removal,
  conflict,
  unchecked,
  change,
  plan,
  files,
  failed,
} from '../../testing/pull-requests/resultReport';
import { CheckResult } from './checkResult';
import { reportKey, statusKey } from './resultReport';

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
