import {
  at,
  finding,
  now,
  page,
  result,
  run,
} from '../../../testing/pull-requests/page';
import { renderPage } from './renderPage';

describe('a page of what others have written', () => {
  const hostile = '</script><img src=x onerror=alert(1)>"\'\u202e&lt;';

  it('shows it as text', () => {
    const { read, text } = page({
      fullName: hostile,
      title: hostile,
      url: ['javascript', 'alert(1)'].join(':'),
      source: { branch: hostile },
      destination: { branch: hostile },
      runs: [1, 2].map(() =>
        run({
          head: hostile,
          destination: { branch: hostile, commit: hostile },
          message: hostile,
          posted: [{ what: 'report', outcome: 'failed', at, message: hostile }],
          result: {
            files: [
              {
                path: hostile,
                fromPath: hostile,
                change: 'moved',
                steps: [
                  {
                    name: hostile,
                    verdict: 'passed',
                    at,
                    ms: 1,
                    message: hostile,
                  },
                ],
              },
            ],
            findings: [
              {
                ...finding,
                path: hostile,
                entityRef: hostile,
                message: hostile,
              },
            ],
            plan: [
              {
                entityRef: hostile,
                action: 'move',
                path: `${hostile}2`,
                fromPath: hostile,
                fields: [hostile],
              },
            ],
          },
        }),
      ),
      merge: {
        at,
        entities: [
          {
            entityRef: hostile,
            action: 'add',
            state: 'failing',
            message: hostile,
          },
        ],
      },
    });
    // The page reads as HTML of ours, of which nothing is a script or an image.
    expect(read('script')).toEqual([]);
    expect(read('img')).toEqual([]);
    expect(read('header a')).toEqual([]);
    expect(text).not.toMatch(/\u202e/);
    expect(read('h1')).toEqual([
      '</script><img src=x onerror=alert(1)>"\'[U+202E]&lt;',
    ]);
  });

  it('shows 500 of 10,000 findings, and says how many more there are', () => {
    const many = Array.from({ length: 10_000 }, () => finding);
    const { rows, read, text } = page({
      runs: [run({ result: { ...result, findings: many } })],
    });
    expect(rows('Findings')).toHaveLength(500);
    expect(read('.more')).toEqual([
      '9,500 more findings are in the JSON of this page.',
    ]);
    expect(text.length).toBeLessThan(1_000_000);
  });

  it('stays of a size however many runs there are', () => {
    const many = Array.from({ length: 600 }, () => ({
      ...finding,
      message: 'x'.repeat(90_000),
    }));
    const runs = Array.from({ length: 150 }, () =>
      run({ result: { ...result, findings: many } }),
    );
    const text = renderPage(
      {
        pageId: 'ab'.repeat(20),
        fullName: 'acme/shop',
        isPrivate: true,
        number: 12,
        title: 'x'.repeat(90_000),
        url: 'https://bitbucket.org/acme/shop/pull-requests/12',
        state: 'open',
        source: { branch: 'a' },
        destination: { branch: 'b' },
        runs,
      },
      { now, nonce: 'x' },
    );
    expect(text.length).toBeLessThan(10_000_000);
    expect(text).toMatch(/49 more checks are\s+in the JSON of this page/);
  });
});
