import { Knex } from 'knex';
import { batches } from '../lib/batching';
import { ScmHost } from '../scm/ScmHost';
import { FOLDERS } from './FolderListing';
import { NAMES } from './NameStore';
import { REPOSITORIES, SELECTIONS } from './RepositoryStore';
import { FAILURES } from './failures';
import { LISTINGS, selectionOfListing } from './fullList';
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

type Row = { selection_id: string; uuid: string; full_name: string };

/** What full names are made of. */
type Names = Pick<ScmHost, 'workspaceOf' | 'fullNameOf'>;

/** What is to go. */
type Forgettable = {
  /** Ids. */
  selections: string[];
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
    const found = await find(transaction, names, request);
    const refs = await transaction<RefRow>(REFS).select('id', 'full_name');
    const isForgotten = ({ full_name }: Pick<RefRow, 'full_name'>) =>
      found.isForgotten(full_name.toLowerCase());
    const ids = refs.filter(isForgotten).map(({ id }) => id);
    if (found.selections.length === 0 && ids.length === 0) {
      return undefined;
    }
    // In the order in which others lock these tables.
    await transaction(SELECTIONS)
      .whereIn('id', found.selections)
      .update({ cursor: null, refreshed_at: null });
    const uuids = await forgetRepositories(transaction, found);
    return {
      repositories: uuids.length,
      refs: await deleteBy(transaction, REFS, 'id', ids),
      files: await deleteBy(transaction, FILES, 'ref_id', ids),
      globResults: await deleteBy(transaction, GLOB_RESULTS, 'ref_id', ids),
      folders: await deleteBy(transaction, FOLDERS, 'ref_id', ids),
      failures: await deleteBy(transaction, FAILURES, 'uuid', uuids),
      repositoryLists: await forgetListings(transaction, found),
    };
  });
}

async function find(
  knex: Knex,
  names: Names,
  request: ForgetRequest,
): Promise<Forgettable> {
  const workspaceOf = (fullName: string) =>
    names.workspaceOf(fullName).toLowerCase();
  const workspace = request.workspace.toLowerCase();
  const repository = request.repository?.toLowerCase();
  const selections: { id: string; workspace: string }[] = await knex(
    SELECTIONS,
  ).select('id', 'workspace');
  const rows: Row[] = await knex(REPOSITORIES).select(
    'selection_id',
    'uuid',
    'full_name',
  );
  const named = new Set(
    selections
      .filter(one => one.workspace.toLowerCase() === workspace)
      .map(({ id }) => id),
  );
  // A workspace may be configured by its id, and have another name in full names.
  const slugs = new Set([
    workspace,
    ...rows
      .filter(row => named.has(row.selection_id))
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
    selections: [
      ...new Set([...named, ...ofWorkspace.map(row => row.selection_id)]),
    ],
    isForgotten: (fullName, uuid) =>
      repository === undefined
        ? slugs.has(workspaceOf(fullName))
        : fullNames.has(fullName) || (uuid !== undefined && uuids.has(uuid)),
  };
}

/** Gives the uuids, once for each selection. */
async function forgetRepositories(
  knex: Knex,
  { selections, isForgotten }: Forgettable,
): Promise<string[]> {
  const forgotten: string[] = [];
  for (const id of selections) {
    const ofSelection = () => knex(REPOSITORIES).where({ selection_id: id });
    const rows: Row[] = await ofSelection();
    const uuids = rows
      .filter(row => isForgotten(row.full_name.toLowerCase(), row.uuid))
      .map(({ uuid }) => uuid);
    for (const batch of batches(uuids)) {
      await ofSelection().whereIn('uuid', batch).delete();
    }
    forgotten.push(...uuids);
  }
  return forgotten;
}

async function forgetListings(
  knex: Knex,
  { selections }: Forgettable,
): Promise<number> {
  const ids: string[] = await knex(LISTINGS).pluck('id');
  const forgotten = ids.filter(id =>
    selections.includes(selectionOfListing(id)),
  );
  return deleteBy(knex, LISTINGS, 'id', forgotten);
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
