import { Fields, FieldValue } from './fields';
import { QuerySyntaxError } from './QuerySyntaxError';

/**
 * Sorts by one field, descending after a `-`; items that compare equal keep
 * their order, and those without a value come first.
 *
 * @throws QuerySyntaxError for a field that cannot be sorted by
 */
export function sortBy<T>(items: T[], sort: string, fields: Fields<T>): T[] {
  const descending = sort.startsWith('-');
  const name = descending ? sort.slice(1) : sort;
  if (!Object.hasOwn(fields, name) || fields[name].type === 'object') {
    throw new QuerySyntaxError(`cannot sort by ${name}`);
  }
  const direction = descending ? -1 : 1;
  return items
    .map(item => ({ item, key: fields[name].get(item) as FieldValue }))
    .sort((a, b) => direction * compare(a.key, b.key))
    .map(({ item }) => item);
}

function compare(a: FieldValue, b: FieldValue): number {
  if (a === b) {
    return 0;
  }
  if (a === null || b === null) {
    return a === null ? -1 : 1;
  }
  return a < b ? -1 : 1;
}
