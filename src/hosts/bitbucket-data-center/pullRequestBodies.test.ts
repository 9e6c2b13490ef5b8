import {
  annotationBody,
  commentBody,
  reportBody,
  statusBody,
  takesLink,
} from './pullRequestBodies';

const report = {
  id: 'catalog',
  title: 'Catalog',
  details: 'Fine.',
  isPassed: true,
  reporter: 'Backstage',
  link: 'https://backstage.example.com/1',
  values: [],
};

describe('what is posted to Bitbucket Data Center', () => {
  it('is a report with at most six values', () => {
    const values = [
      { title: 'A', type: 'number', value: 1 },
      { title: 'B', type: 'text', value: 'b' },
      { title: 'C', type: 'duration', value: 5 },
      { title: 'D', type: 'link', text: 'Log', url: 'https://x.example/' },
    ] as const;
    const more = Array(3).fill(values[0]);
    expect(reportBody({ ...report, values: [...values, ...more] })).toEqual({
      title: 'Catalog',
      details: 'Fine.',
      reporter: 'Backstage',
      result: 'PASS',
      link: 'https://backstage.example.com/1',
      data: [
        { title: 'A', type: 'NUMBER', value: 1 },
        { title: 'B', type: 'TEXT', value: 'b' },
        { title: 'C', type: 'DURATION', value: 5 },
        {
          title: 'D',
          type: 'LINK',
          value: { linktext: 'Log', href: 'https://x.example/' },
        },
        { title: 'A', type: 'NUMBER', value: 1 },
        { title: 'A', type: 'NUMBER', value: 1 },
      ],
    });
    expect(reportBody({ ...report, isPassed: false })).toMatchObject({
      result: 'FAIL',
      data: [],
    });
  });

  it('is cut where it is too long', () => {
    const long = 'x'.repeat(50_000);
    const { title, details } = reportBody({
      ...report,
      title: long,
      details: long,
    });
    expect([title.length, details.length]).toEqual([450, 2_000]);
    expect(commentBody(long).text).toHaveLength(30_000);
    expect(commentBody('Short', 3)).toEqual({ text: 'Short', version: 3 });
  });

  it.each([
    ['error', 'BUG', 'HIGH'],
    ['warning', 'CODE_SMELL', 'MEDIUM'],
    ['note', 'CODE_SMELL', 'LOW'],
  ] as const)('is an annotation of the kind %s', (severity, type, expected) => {
    const annotation = { id: 'a', severity, summary: 'S', path: 'b', line: 2 };
    expect(annotationBody(annotation)).toEqual({
      externalId: 'a',
      type,
      severity: expected,
      message: 'S',
      path: 'b',
      line: 2,
    });
  });

  it('is a build status of a branch', () => {
    const status = {
      key: 'k',
      name: 'Catalog',
      description: 'Fine',
      url: 'https://x.example/',
      branch: 'feature/x',
    };
    expect(statusBody({ ...status, isPassed: true })).toEqual({
      key: 'k',
      state: 'SUCCESSFUL',
      name: 'Catalog',
      description: 'Fine',
      url: 'https://x.example/',
      ref: 'refs/heads/feature/x',
    });
    expect(statusBody({ ...status, isPassed: false }).state).toBe('FAILED');
  });

  it.each([
    ['https://backstage.example.com/runs/1', true],
    ['http://backstage:7007/', true],
    ['https://10.1.2.3/', true],
    ['https://[fd00::1]/', true],
    ['https://backstage.local/', true],
    ['http://localhost:7007/', false],
    ['http://app.localhost/', false],
    ['http://localhost./', false],
    ['http://127.0.0.1/', false],
    ['http://127.1/', false],
    ['http://0.0.0.0/', false],
    ['http://[::1]/', false],
    ['http://[::ffff:127.0.0.1]/', false],
    ['https://jane:pass@backstage.example.com/', false],
    ['ftp://backstage.example.com/', false],
    ['/runs/1', false],
    [`https://backstage.example.com/${'x'.repeat(450)}`, false],
  ])('may have the link %s: %s', (url, expected) => {
    expect(takesLink(url)).toBe(expected);
  });
});
