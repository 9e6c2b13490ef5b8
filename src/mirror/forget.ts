import { Knex } from 'knex';
import { batches } from '../lib/batching';
import { ScmHost } from '../scm/ScmHost';
import { FOLDERS } from './FolderListing';
import { NAMES } from './NameStore';
import { REPOSITORIES, SCOPES } from './RepositoryStore';
import { FAILURES } from './failures';
import { LISTINGS, scopeOfListing } from './fullList';
import { FILES, GLOB_RESULTS, RefRow, REFS } from './rows';

/** What to forget: a repository, or a workspace with all of its repositories. */
export type ForgetRequest = {
  /** As it is configured, or as full names have it. */
  workspace: string;
  /** Slug. */
  repository?: string;
};

/** How much of each kind was cached, and is no longer. */
export type Forgotten = {
  repositories: number;
  /** Branches, tags and commits. */
  refs: number;
  /** Files that are there, and files that are not. */
  files: number;
  /** Which files match a glob. */
  globResults: number;
  /** Folders of listings that are not at their end. */
  folders: number;
  /** Requests that keep failing, and so are rarely repeated. */
  failures: number;
  /** How far full lists of repositories were read. */
  repositoryLists: number;
};

type Row = { scope: string; uuid: string; full_name: string };

/** What full names are made of. */
type Names = Pick<ScmHost, 'workspaceOf' | 'fullNameOf'>;

/** What is to go. */
type Selection = {
  scopes: string[];
  /** Lower case. */
  isForgotten(fullName: string, uuid?: string): boolean;
};

/**
 * Drops what is cached, so that the next walks and reads ask Bitbucket again. The
 * next walk of the workspace reads the full list of repositories and compares all
 * of it with the catalog.
 *
 * What repositories were called stays, and so do the versions of selections, since
 * walks would take what they see again for what they have seen already. What the
 * catalog has is not touched.
 *
 * @returns undefined where nothing is known of the workspace
 */
export async function forget(
  knex: Knex,
  names: Names,
  request: ForgetRequest,
): Promise<Forgotten | undefined> {
  return knex.transaction(async transaction => {
    const selection = await select(transaction, names, request);
    const refs = await transaction<RefRow>(REFS).select('id', 'full_name');
    const isForgotten = ({ full_name }: Pick<RefRow, 'full_name'>) =>
      selection.isForgotten(full_name.toLowerCase());
    const ids = refs.filter(isForgotten).map(({ id }) => id);
    if (selection.scopes.length === 0 && ids.length === 0) {
      return undefined;
    }
    // In the order in which others lock these tables.
    await transaction(SCOPES)
      .whereIn('scope', selection.scopes)
      .update({ cursor: null, refreshed_at: null });
    const uuids = await forgetRepositories(transaction, selection);
    return {
      repositories: uuids.length,
      refs: await deleteBy(transaction, REFS, 'id', ids),
      files: await deleteBy(transaction, FILES, 'ref_id', ids),
      globResults: await deleteBy(transaction, GLOB_RESULTS, 'ref_id', ids),
      folders: await deleteBy(transaction, FOLDERS, 'ref_id', ids),
      failures: await deleteBy(transaction, FAILURES, 'uuid', uuids),
      repositoryLists: await forgetListings(transaction, selection),
    };
  });
}

async function select(
  knex: Knex,
  names: Names,
  request: ForgetRequest,
): Promise<Selection> {
  const workspaceOf = (fullName: string) =>
    names.workspaceOf(fullName).toLowerCase();
  const workspace = request.workspace.toLowerCase();
  const repository = request.repository?.toLowerCase();
  const scopes: { scope: string; workspace: string }[] = await knex(
    SCOPES,
  ).select('scope', 'workspace');
  const rows: Row[] = await knex(REPOSITORIES).select(
    'scope',
    'uuid',
    'full_name',
  );
  const named = new Set(
    scopes
      .filter(one => one.workspace.toLowerCase() === workspace)
      .map(({ scope }) => scope),
  );
  // A workspace may be configured by its id, and have another name in full names.
  const slugs = new Set([
    workspace,
    ...rows
      .filter(({ scope }) => named.has(scope))
      .map(row => workspaceOf(row.full_name)),
  ]);
  const ofWorkspace = rows.filter(row => slugs.has(workspaceOf(row.full_name)));
  const fullNames = new Set(
    repository === undefined
      ? []
      : [...slugs].map(slug => names.fullNameOf(slug, repository)),
  );
  // A repository that was renamed is found by its current name as well.
  const uuids = new Set<string>(
    await knex(NAMES)
      .whereIn('full_name', [...fullNames])
      .pluck('uuid'),
  );
  rows
    .filter(({ uuid }) => repository !== undefined && uuids.has(uuid))
    .forEach(row => fullNames.add(row.full_name.toLowerCase()));
  return {
    scopes: [...new Set([...named, ...ofWorkspace.map(({ scope }) => scope)])],
    isForgotten: (fullName, uuid) =>
      repository === undefined
        ? slugs.has(workspaceOf(fullName))
        : fullNames.has(fullName) || (uuid !== undefined && uuids.has(uuid)),
  };
}

/** Gives the uuids, once for each selection. */
async function forgetRepositories(
  knex: Knex,
  { scopes, isForgotten }: Selection,
): Promise<string[]> {
  const forgotten: string[] = [];
  for (const scope of scopes) {
    const rows: Row[] = await knex(REPOSITORIES).where({ scope });
    const uuids = rows
      .filter(row => isForgotten(row.full_name.toLowerCase(), row.uuid))
      .map(({ uuid }) => uuid);
    for (const batch of batches(uuids)) {
      await knex(REPOSITORIES).where({ scope }).whereIn('uuid', batch).delete();
    }
    forgotten.push(...uuids);
  }
  return forgotten;
}

async function forgetListings(
  knex: Knex,
  { scopes }: Selection,
): Promise<number> {
  const ids: string[] = await knex(LISTINGS).pluck('id');
  const ofScopes = ids.filter(id => scopes.includes(scopeOfListing(id)));
  return deleteBy(knex, LISTINGS, 'id', ofScopes);
}

async function deleteBy(
  knex: Knex,
  table: string,
  column: string,
  values: string[],
): Promise<number> {
  let deleted = 0;
  for (const batch of batches(values)) {
    deleted += await knex(table).whereIn(column, batch).delete();
  }
  return deleted;
}
