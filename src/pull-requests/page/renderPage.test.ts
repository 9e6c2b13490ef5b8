import { parse, select, textOf } from '../../../testing/pull-requests/html';
import { at, page, result, run } from '../../../testing/pull-requests/page';
import { RunRecord } from '../records';
import { pageHeaders, renderNotice } from './renderPage';

describe('the page of a pull request', () => {
  it('begins with the verdict, what it is about and a sentence about it', () => {
    const { document, read } = page();
    expect(read('title')).toEqual([
      'Failed: acme/shop #12 – Backstage catalog',
    ]);
    expect(read('header .verdict')).toEqual(['Failed']);
    expect(read('h1')).toEqual(['Move the cart']);
    expect(read('.where')).toEqual([
      'acme/shop #12, open feature/cart into main',
    ]);
    expect(read('.lead')).toEqual([
      '1 error and 1 warning in 1 of 2 catalog files. If merged, the catalog rejects catalog-info.yaml and keeps its current entities. The other files would change 1 entity and remove 1.',
    ]);
    expect(read('.since')).toEqual([
      'Checked 3 min 59 s ago, at commit 5d6e7f8',
    ]);
    expect(select(document, 'header a')[0].attributes.href).toBe(
      'https://bitbucket.org/acme/shop/pull-requests/12',
    );
  });

  it('says what arrived, when, and what it has cost', () => {
    const { document } = page();
    const facts = select(document, '.facts div').map(fact =>
      ['dt', 'dd'].map(tag => textOf(select(fact, tag)[0])),
    );
    expect(facts).toEqual([
      ['Delivery of a webhook', '26 Nov 2026, 10:15:01 UTC'],
      ['Started', '26 Nov 2026, 10:15:03 UTC'],
      ['Took', '1.4 s'],
      ['Commit', '5d6e7f8090a1'],
      ['Checked against', 'main at a1b2c3d4e5f6'],
      ['Files', '11 files touched, 2 checked'],
      ['Requests', '7'],
    ]);
  });

  it('lists what was found, what would change, each step, and what was posted', () => {
    const { rows, read } = page();
    expect(rows('Findings')).toEqual([
      [
        'Error',
        'catalog-info.yaml:21',
        'group:default/payments kind Group is not allowed at this location (catalog.rules). The whole file would be rejected.',
      ],
      ['Warning', '', 'legacy.yaml is deleted.'],
    ]);
    expect(rows('What merging does to entities')).toEqual([
      [
        'Changed',
        'component:default/shop spec.owner, spec.type'.replace(' ', ''),
        'apis/b.yaml',
      ],
      [
        'Removed',
        'component:default/legacy3 entities refer to it.',
        'legacy.yaml',
      ],
    ]);
    expect(rows('Steps')).toEqual([
      ['10:15:03.120', 'Passed', 'Read at the head', '210 ms'],
      [
        '10:15:03.340',
        'Failed',
        'The catalog reads the filekind Group is not allowed.',
        '31 ms',
      ],
      ['10:15:03.120', 'Passed', 'Read at the head', '90 ms'],
    ]);
    expect(read('.section summary')).toEqual([
      'Failed catalog-info.yaml changed 2 steps in 241 ms',
      'Passed apis/b.yaml moved from b.yaml 1 step in 90 ms',
    ]);
    expect(rows('Posted to the pull request')).toEqual([
      ['Posted', 'Report', '10:15:04.020', ''],
      [
        'Refused',
        'Build status',
        '10:15:04.420',
        '403: the scope repository is missing',
      ],
    ]);
  });

  it('opens the log of a file that has failed, and no other', () => {
    const { document } = page();
    const logs = select(document, 'details');
    expect(logs.map(({ attributes }) => 'open' in attributes)).toEqual([
      true,
      false,
    ]);
  });

  it('has earlier runs below, the newest first and closed', () => {
    const { document, read } = page({
      runs: [
        run({ outcome: 'passed', result: { ...result, findings: [] } }),
        run({ outcome: 'superseded', head: 'aaaaaaaaaaaa', result: undefined }),
        run({ head: '', startedAt: at - 9_000_000 }),
      ],
    });
    expect(read('header .verdict')).toEqual(['Passed']);
    expect(read('h2')).toEqual(['Latest check', 'Earlier checks 2']);
    const earlier = select(document, '.runs details').filter(
      details => select(details, 'h3').length > 0,
    );
    expect(
      earlier.map(details => textOf(select(details, 'summary')[0])),
    ).toEqual([
      'Replaced by a newer commit aaaaaaa 26 Nov 2026, 10:15:03 UTC',
      'Failed Unknown commit 26 Nov 2026, 07:45:03 UTC',
    ]);
    const opened = select(document, '.runs details').filter(
      ({ attributes }) => 'open' in attributes,
    );
    expect(opened).toEqual([]);
  });

  it.each<[string, Partial<RunRecord>, string, RegExp]>([
    [
      'running',
      { outcome: 'running', endedAt: undefined, result: undefined },
      'Running',
      /being checked/,
    ],
    [
      'passed with warnings',
      {
        outcome: 'passed',
        result: { ...result, findings: result.findings.slice(1) },
      },
      'Passed with 1 warning',
      /^1 warning\./,
    ],
    [
      'irrelevant',
      { outcome: 'irrelevant', result: undefined },
      'No catalog files',
      /no file that the catalog reads/,
    ],
    [
      'closed',
      { outcome: 'closed', result: undefined },
      'Stopped, the pull request is closed',
      /merged or declined/,
    ],
    [
      'waiting',
      { outcome: 'waiting', result: undefined, retryAt: at + 60_000 },
      'Waiting for another try',
      /tried again/,
    ],
    [
      'abandoned',
      { outcome: 'abandoned', result: undefined },
      'Not checked',
      /failed several times/,
    ],
  ])('says what a run is that is %s', (_, changes, label, sentence) => {
    const { read } = page({ runs: [run(changes)] });
    expect(read('header .verdict')).toEqual([label]);
    expect(read('.lead')[0]).toMatch(sentence);
  });

  it('exists before the first run', () => {
    expect(page({ runs: [] }).read('header .verdict')).toEqual([
      'Not checked yet',
    ]);
  });

  it('says why there is no verdict, and when the next try is', () => {
    const { read } = page({
      runs: [
        run({
          outcome: 'waiting',
          result: undefined,
          retryAt: at + 60_000,
          message: 'The list of files could not be read: 503.',
        }),
      ],
    });
    expect(read('.message')).toEqual([
      'The list of files could not be read: 503.',
    ]);
    expect(read('.facts div').at(-1)).toBe(
      'Next try 26 Nov 2026, 10:16:03 UTC',
    );
  });

  it('says after the merge what the catalog has ingested, and how long that took', () => {
    const mergedAt = at + 100_000;
    const { read, rows } = page({
      state: 'merged',
      merge: {
        at: mergedAt,
        entities: [
          {
            entityRef: 'component:default/a',
            action: 'add',
            state: 'done',
            at: mergedAt + 4_300,
          },
          {
            entityRef: 'component:default/b',
            action: 'change',
            state: 'failing',
            at: mergedAt + 9_000,
            message: 'owner is missing',
          },
          {
            entityRef: 'component:default/c',
            action: 'move',
            state: 'pending',
          },
        ],
      },
    });
    expect(read('.card p')).toEqual([
      'Merged on 26 Nov 2026, 10:16:43 UTC. The catalog has ingested 1 of 3 entities so far. It reports errors for 1.',
    ]);
    expect(rows('Entities after the merge')).toEqual([
      ['Done', 'component:default/a', 'Add', '4.3 s'],
      ['Failing', 'component:default/bowner is missing', 'Change', '9.0 s'],
      ['Pending', 'component:default/c', 'Move', ''],
    ]);
    const done = page({
      merge: {
        at: mergedAt,
        entities: [
          {
            entityRef: 'component:default/a',
            action: 'add',
            state: 'done',
            at: mergedAt + 12_000,
          },
        ],
      },
    });
    expect(done.read('.card p')[0]).toMatch(
      / The catalog has ingested all of 1 entity after 12\.0 s\.$/,
    );
    expect(
      page({ merge: { at: mergedAt, entities: [] } }).read('.card p')[0],
    ).toMatch(/ It changed no entity\.$/);
  });

  it('has no script, and nothing from elsewhere', () => {
    const { document } = page();
    const loading =
      /^(script|link|img|iframe|object|embed|form|base)$|^(style|src|srcset|on.*)$/;
    const names = select(document, '').flatMap(({ tag, attributes }) => [
      ...(tag === 'style' ? [] : [tag]),
      ...Object.keys(attributes),
    ]);
    expect(names.filter(name => loading.test(name))).toEqual([]);
    const styles = select(document, 'style');
    expect(styles.map(({ attributes }) => attributes.nonce)).toEqual([
      'bm9uY2U=',
    ]);
    expect(textOf(styles[0])).not.toMatch(/url\(|@import|&/);
    expect(
      select(document, 'meta').map(({ attributes }) => attributes),
    ).toContainEqual({ name: 'robots', content: 'noindex' });
  });

  it('can be read without columns, and without colours', () => {
    const { document, read } = page();
    const labels = select(document, 'td').map(
      ({ attributes }) => attributes['data-label'],
    );
    expect(labels).not.toContain(undefined);
    expect(read('.badge')).not.toContain('');
    const levels = select(document, '')
      .map(({ tag }) => Number(/^h([1-6])$/.exec(tag)?.[1]))
      .filter(level => level);
    const skipped = levels.filter(
      (level, index) => level > (levels[index - 1] ?? 0) + 1,
    );
    expect(skipped).toEqual([]);
  });
});

describe('renderNotice', () => {
  it('is a page in the same style with one sentence', () => {
    const text = renderNotice({ title: 'Nothing', text: 'At all.' }, 'bg==');
    const document = parse(text);
    expect(select(document, 'body').map(textOf)).toEqual(['Nothing At all.']);
    expect(select(document, 'style')[0].attributes).toEqual({ nonce: 'bg==' });
  });
});

describe('pageHeaders', () => {
  it('allow a style only where there is one', () => {
    expect(pageHeaders('bg==')).toEqual({
      'Content-Security-Policy':
        "default-src 'none'; style-src 'nonce-bg=='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
      'X-Robots-Tag': 'noindex',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    expect(pageHeaders()['Content-Security-Policy']).toBe(
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });
});
