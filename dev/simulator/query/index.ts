export type { Field, Fields, FieldValue } from './fields';
export { parseQuery } from './parse';
export type { Predicate } from './parse';
export { QuerySyntaxError } from './QuerySyntaxError';
export { sortBy } from './sort';
