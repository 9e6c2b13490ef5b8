import { LoggerService } from '@backstage/backend-plugin-api';
import { z } from 'zod';
import { paginatePages } from '../../http/paging';
import { displayUrl } from '../../http/urls';
import { UnexpectedResponseError } from '../../scm/errors';
import { RequestContext } from '../../scm/types';
import { CallApi, getJson } from './apiCall';
import { BadRow, lenientPageOf } from './schemas';

/** Rows that were warned of are remembered, so many of them. */
const REMEMBERED = 1_000;

/** Reads lists, and leaves out rows that are not of the expected shape, with one warning for each. */
export class BadRows {
  readonly #callApi: CallApi;
  readonly #logger: LoggerService;
  readonly #known = new Set<string>();

  constructor(callApi: CallApi, logger: LoggerService) {
    this.#callApi = callApi;
    this.#logger = logger;
  }

  /**
   * The good rows of each page.
   *
   * @throws UnexpectedResponseError for a page of many rows none of which is good;
   * and, if `strict`, at the end of a list that had a bad row
   */
  async *pages<T>(
    firstUrl: string,
    row: z.ZodType<T>,
    strict: boolean,
    context?: RequestContext,
  ): AsyncGenerator<T[]> {
    const page = lenientPageOf(row);
    const bad: BadRow[] = [];
    yield* paginatePages(firstUrl, async url => {
      const { values, next, ...rest } = await getJson(
        this.#callApi,
        url,
        page,
        context,
      );
      rest.bad.forEach(one => this.#warn(firstUrl, one));
      bad.push(...rest.bad);
      return { values, next };
    });
    if (strict && bad.length > 0) {
      throw new UnexpectedResponseError(
        `a row of the list does not have the expected shape (${bad[0].problem}), so it is not known what the list lacks`,
        { method: 'GET', url: displayUrl(firstUrl) },
      );
    }
  }

  #warn(firstUrl: string, { name, problem }: BadRow): void {
    const { origin, pathname } = new URL(firstUrl);
    const what = name === undefined ? 'A row' : `The row of ${oneLine(name)}`;
    const message = `${what} in the list ${origin}${pathname} does not have the expected shape and is skipped; no entity is removed because of it: ${problem}`;
    if (!this.#known.has(message)) {
      if (this.#known.size >= REMEMBERED) {
        this.#known.clear();
      }
      this.#known.add(message);
      this.#logger.warn(message);
    }
  }
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, ' ').slice(0, 200);
}
