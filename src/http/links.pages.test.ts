import { UnexpectedResponseError } from '../scm/errors';
import { Page, paginate } from './links';

describe('paginate', () => {
  const first = 'https://api.bitbucket.org/2.0/repositories/acme?q=x';

  async function collect(
    pageAt: (url: string) => Page<number>,
    limit = Infinity,
  ) {
    const asked: string[] = [];
    const rows: number[] = [];
    const pages = paginate(first, async url => {
      asked.push(url);
      return pageAt(url);
    });
    let error: unknown;
    try {
      for await (const row of pages) {
        rows.push(row);
        if (rows.length >= limit) {
          break;
        }
      }
    } catch (caught) {
      error = caught;
    }
    return { asked, rows, error };
  }

  it('goes through all pages, empty ones too', async () => {
    const pages: Record<string, Page<number>> = {
      [first]: { values: [1, 2], next: `${first}&page=2` },
      [`${first}&page=2`]: { values: [], next: `${first}&page=3` },
      [`${first}&page=3`]: { values: [3], next: null },
    };
    const { rows, asked, error } = await collect(url => pages[url]);
    expect(error).toBeUndefined();
    expect(rows).toEqual([1, 2, 3]);
    expect(asked).toHaveLength(3);
  });

  it('fetches only the pages that are read', async () => {
    const { asked } = await collect(
      () => ({ values: [1, 2], next: `${first}&page=2` }),
      2,
    );
    expect(asked).toEqual([first]);
  });

  it.each([
    'https://evil.example/2.0/repositories/acme?page=2',
    'http://api.bitbucket.org/2.0/repositories/acme?page=2',
    'https://api.bitbucket.org:8443/2.0/repositories/acme?page=2',
    'https://api.bitbucket.org@evil.example/2.0/repositories/acme?page=2',
    '//evil.example/2.0/repositories/acme?page=2',
  ])('does not go to %s', async next => {
    const { asked, rows, error } = await collect(() => ({ values: [1], next }));
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(String(error)).toContain('leads to another origin');
    expect(asked).toEqual([first]);
    expect(rows).toEqual([1]);
  });

  it('refuses a link that is not a URL', async () => {
    const { error } = await collect(() => ({ values: [], next: 'http://' }));
    expect(String(error)).toContain('is not a URL');
  });

  it('stops when a link leads back to an earlier page', async () => {
    const { asked, error } = await collect(url => ({
      values: [],
      next: url === first ? `${first}&page=2` : first,
    }));
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(String(error)).toContain('lead in a circle');
    expect(asked).toHaveLength(2);
  });

  it('stops after too many pages', async () => {
    let page = 1;
    const { asked, error } = await collect(() => {
      page += 1;
      return { values: [], next: `${first}&page=${page}` };
    });
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(String(error)).toContain('does not end within 2000 pages');
    expect(asked).toHaveLength(2000);
  });
});
