/** Rows per statement: a statement of SQLite takes 32,766 values. */
const BATCH = 500;

/** Divides what would be too much for one statement. */
export function* batches<T>(items: T[], size = BATCH): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) {
    yield items.slice(start, start + size);
  }
}
