import { UnexpectedResponseError } from '../scm/errors';
import { MAX_PAGES } from './timing';
import { displayUrl } from './urls';

/** Bitbucket guarantees no more of a page than this. */
export type Page<T> = { values: T[]; next?: string | null };

/** The rows of a list, one by one; as {@link paginatePages} in all else. */
export async function* paginate<T>(
  firstUrl: string,
  fetchPage: (url: string) => Promise<Page<T>>,
): AsyncGenerator<T> {
  for await (const rows of paginatePages(firstUrl, fetchPage)) {
    yield* rows;
  }
}

/**
 * The pages of a list, each as its rows, fetched as they are asked for. A page
 * may be empty and still have a `next`. Rows may repeat when the list changes
 * meanwhile.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
 *
 * @throws UnexpectedResponseError for a `next` on another origin, before
 * anything is sent there, and for pages without end
 */
export async function* paginatePages<T>(
  firstUrl: string,
  fetchPage: (url: string) => Promise<Page<T>>,
): AsyncGenerator<T[]> {
  const visited = new Set<string>();
  let url: string | undefined = firstUrl;

  while (url) {
    visited.add(url);
    const page: Page<T> = await fetchPage(url);
    yield page.values;

    url = page.next ? nextUrl(page.next, url) : undefined;
    if (url && visited.has(url)) {
      throw refusal(firstUrl, 'the pages of the list lead in a circle');
    }
    if (url && visited.size >= MAX_PAGES) {
      throw refusal(
        firstUrl,
        `the list does not end within ${MAX_PAGES} pages`,
      );
    }
  }
}

function nextUrl(next: string, from: string): string {
  if (!URL.canParse(next, from)) {
    throw refusal(from, 'the link to the next page is not a URL');
  }
  const target = new URL(next, from);
  if (target.origin !== new URL(from).origin) {
    throw refusal(
      from,
      `the link to the next page leads to another origin, ${target.origin}, which is not followed`,
    );
  }
  return target.href;
}

function refusal(url: string, problem: string): UnexpectedResponseError {
  return new UnexpectedResponseError(problem, {
    method: 'GET',
    url: displayUrl(url),
  });
}
