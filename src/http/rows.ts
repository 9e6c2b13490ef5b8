import { LoggerService } from '@backstage/backend-plugin-api';
import { z } from 'zod';
import { UnexpectedResponseError } from '../scm/errors';
import { paginatePages } from './links';
import { displayUrl } from './urls';

/** A row of a list that is not of the expected shape. */
type BadRow = {
  /** What it says of itself, such as a uuid or a name. */
  name?: string;
  /** What is wrong with it, such as `is_private: expected boolean`. */
  problem: string;
};

/** Where so many rows are there and none is of the expected shape, it is the page that is wrong. */
const MANY_ROWS = 5;

/** The rows of a page, those that are not of the expected shape aside. */
export type LenientRows<T> = { good: T[]; bad: BadRow[] };

/** A page of a list, and the link to the next one. */
type LenientPage<T> = { values: LenientRows<T>; next?: string | null };

/** The rows of a page: those of the expected shape, and what is wrong with the others. */
export const lenientRows = <T>(row: z.ZodType<T>) =>
  z.array(z.unknown()).transform((values, context): LenientRows<T> => {
    const good: T[] = [];
    const bad: BadRow[] = [];
    const problems: { path: PropertyKey[]; message: string }[] = [];
    values.forEach((value, index) => {
      const result = row.safeParse(value);
      if (result.success) {
        good.push(result.data);
      } else {
        const [{ path, message }] = result.error.issues;
        problems.push({ path: [index, ...path], message });
        bad.push({
          name: nameOf(value),
          problem: [path.join('.'), message].filter(Boolean).join(': '),
        });
      }
    });
    if (bad.length >= MANY_ROWS && good.length === 0) {
      const [{ path, message }] = problems;
      context.addIssue({
        code: 'custom',
        path: path as (string | number)[],
        message,
      });
      return z.NEVER;
    }
    return { good, bad };
  });

function nameOf(value: unknown): string | undefined {
  const row = Object(value) as Record<string, unknown>;
  return [
    row.full_name,
    row.name,
    row.uuid,
    row.path,
    row.slug,
    row.displayId,
  ].find((name): name is string => typeof name === 'string');
}

/** Rows that were warned of are remembered, so many of them. */
const REMEMBERED = 1_000;

/** Reads lists, and leaves out rows that are not of the expected shape, with one warning for each. */
export class BadRows {
  readonly #logger: LoggerService;
  readonly #consequence: string;
  readonly #known = new Set<string>();

  /** @param consequence - of leaving a row out, for the warning */
  constructor(
    logger: LoggerService,
    consequence = 'no entity is removed because of it',
  ) {
    this.#logger = logger;
    this.#consequence = consequence;
  }

  /**
   * The good rows of each page.
   *
   * @throws UnexpectedResponseError for a page of many rows none of which is good;
   * and, if `strict`, at the end of a list that had a bad row
   */
  async *pages<T>(
    firstUrl: string,
    fetchPage: (url: string) => Promise<LenientPage<T>>,
    strict: boolean,
  ): AsyncGenerator<T[]> {
    const bad: BadRow[] = [];
    yield* paginatePages(firstUrl, async url => {
      const { values, next } = await fetchPage(url);
      values.bad.forEach(one => this.#warn(firstUrl, one));
      bad.push(...values.bad);
      return { values: values.good, next };
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
    const message = `${what} in the list ${origin}${pathname} does not have the expected shape and is skipped; ${this.#consequence}: ${problem}`;
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

/** The first row of some pages that is wanted. Later pages are not requested. */
export async function findRow<T>(
  pages: AsyncIterable<readonly T[]>,
  isWanted: (row: T) => boolean,
): Promise<T | undefined> {
  for await (const rows of pages) {
    const found = rows.find(isWanted);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
