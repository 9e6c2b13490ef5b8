import { CheckResult, Finding } from '../../src/pull-requests/checkResult';
import { renderPage } from '../../src/pull-requests/page/renderPage';
import { PullRequestRecord, RunRecord } from '../../src/pull-requests/records';
import { parse, select, textOf } from './html';

export const at = Date.UTC(2026, 10, 26, 10, 15, 3, 120);
export const now = at + 240_000;
const head = '5d6e7f8090a1b2c3d4e5f60718293a4b5c6d7e8f';

export const finding: Finding = {
  rule: 'kind',
  severity: 'error',
  rejects: 'file',
  path: 'catalog-info.yaml',
  line: 21,
  entityRef: 'group:default/payments',
  message: 'kind Group is not allowed at this location (catalog.rules).',
};

export const result: CheckResult = {
  files: [
    {
      path: 'catalog-info.yaml',
      change: 'changed',
      steps: [
        { name: 'Read at the head', verdict: 'passed', at, ms: 210 },
        {
          name: 'The catalog reads the file',
          verdict: 'failed',
          at: at + 220,
          ms: 31,
          message: 'kind Group is not allowed.',
        },
      ],
    },
    {
      path: 'apis/b.yaml',
      change: 'moved',
      fromPath: 'b.yaml',
      steps: [{ name: 'Read at the head', verdict: 'passed', at, ms: 90 }],
    },
  ],
  findings: [
    finding,
    {
      rule: 'removal',
      severity: 'warning',
      rejects: 'nothing',
      message: 'legacy.yaml is deleted.',
    },
  ],
  plan: [
    {
      entityRef: 'component:default/shop',
      action: 'change',
      path: 'apis/b.yaml',
      fields: ['spec.owner', 'spec.type'],
    },
    {
      entityRef: 'component:default/legacy',
      action: 'remove',
      path: 'legacy.yaml',
      referrers: 3,
    },
    {
      entityRef: 'group:default/payments',
      action: 'add',
      path: 'catalog-info.yaml',
    },
  ],
};

/** A run that has failed. */
export function run(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id: 'run-1',
    trigger: { by: 'delivery', at: at - 2_000 },
    outcome: 'failed',
    head,
    destination: { branch: 'main', commit: 'a1b2c3d4e5f6' },
    startedAt: at,
    endedAt: at + 1_400,
    touchedFiles: 11,
    result,
    requests: 7,
    posted: [
      { what: 'report', outcome: 'posted', at: at + 900 },
      {
        what: 'status',
        outcome: 'refused',
        at: at + 1_300,
        message: '403: the scope repository is missing',
      },
    ],
    ...changes,
  };
}

/** The page of a pull request, with one run. */
export function page(changes: Partial<PullRequestRecord> = {}) {
  const record: PullRequestRecord = {
    pageId: 'ab'.repeat(20),
    fullName: 'acme/shop',
    isPrivate: true,
    number: 12,
    title: 'Move the cart',
    url: 'https://bitbucket.org/acme/shop/pull-requests/12',
    state: 'open',
    source: { branch: 'feature/cart' },
    destination: { branch: 'main' },
    runs: [run()],
    ...changes,
  };
  const text = renderPage(record, { now, nonce: 'bm9uY2U=' });
  const document = parse(text);
  return {
    text,
    document,
    read: (selector: string) => select(document, selector).map(textOf),
    /** The rows of the tables of this name, as texts of cells. */
    rows: (name: string) =>
      select(document, 'table')
        .filter(table => table.attributes['aria-label'] === name)
        .flatMap(table => select(table, 'tbody tr'))
        .map(row => select(row, 'td').map(textOf)),
  };
}
