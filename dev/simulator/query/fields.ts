/** A value that can be asked for; dates are milliseconds since the epoch. */
export type FieldValue = string | number | boolean | null;

/** A field of `q` and `sort`: its type, and how to read it from an item. */
export type Field<T> = {
  type: 'string' | 'number' | 'date' | 'boolean' | 'object';
  /** A list matches when one of its members does. */
  get: (item: T) => FieldValue | readonly FieldValue[];
};

/** Every field that can be asked for, by its dotted name. */
export type Fields<T> = Record<string, Field<T>>;
