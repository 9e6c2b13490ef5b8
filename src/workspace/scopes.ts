import { hashOf } from './hash';

/** A workspace, as far as a query of the user's shows it; all of it without one. */
export type Scope = {
  /** Slug or `{uuid}`. */
  workspace: string;
  /** A Bitbucket query expression. */
  query?: string;
};

/** What a scope is known by in the database. */
export function scopeKey({ workspace, query }: Scope): string {
  const name = workspace.toLowerCase();
  return query ? `${name}?${hashOf(query).slice(0, 16)}` : name;
}

/** Joins query expressions, of which some may be missing. */
export function allOf(...terms: (string | undefined)[]): string | undefined {
  const given = terms.filter(term => term !== undefined && term !== '');
  return given.length > 1
    ? given.map(term => `(${term})`).join(' AND ')
    : given[0];
}
