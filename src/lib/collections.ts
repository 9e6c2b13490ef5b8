/** Rows per statement: a statement of SQLite takes 32,766 values. */
const BATCH = 500;

/** Divides what would be too much for one statement. */
export function* batches<T>(items: readonly T[], size = BATCH): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) {
    yield items.slice(start, start + size);
  }
}

/** In place, since a repository may have tens of thousands of files. */
export function addTo<T>(
  groups: Map<string, T[]>,
  key: string,
  value: T,
): void {
  const group = groups.get(key);
  if (group) {
    group.push(value);
  } else {
    groups.set(key, [value]);
  }
}
