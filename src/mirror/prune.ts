import { Knex } from 'knex';
import { deleteInWindows, inWindows, Sweep } from '../lib/batching';
import { NAMES } from './NameStore';
import { URLS } from './UrlStore';
import { FILES, GLOB_RESULTS, REFS } from './rows';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Rows that were neither updated nor used for this long are removed. */
const KEPT_MS = 30 * DAY_MS;

/**
 * How far a provider has come is kept for so long after its last walk: it may be
 * away from the configuration for a while. What that refers to is kept longer.
 */
const PROVIDER_KEPT_MS = 90 * DAY_MS;
const SELECTION_KEPT_MS = 120 * DAY_MS;

/** The names of a repository take little room, and say which Locations are its. */
const NAME_KEPT_MS = 365 * DAY_MS;

const BUDGET = 'bitbucket__budget';
const CONTENTS = 'bitbucket__contents';
const DELIVERIES = 'bitbucket__deliveries';
const EMITTED = 'bitbucket__emitted';
const HOLDS = 'bitbucket__holds';
const LISTINGS = 'bitbucket__listings';
const PROVIDERS = 'bitbucket__providers';
const REMOVALS = 'bitbucket__removals';
const REPOSITORIES = 'bitbucket__repositories';
const SELECTIONS = 'bitbucket__selections';
const WALKS = 'bitbucket__walks';

/**
 * Removes what is not needed any more. Whatever is wanted after all is read again.
 *
 * Each statement is short, however much there is, and waits for no other.
 *
 * @param now - milliseconds since the epoch
 */
export async function prune(
  knex: Knex,
  now: number,
  signal?: AbortSignal,
): Promise<void> {
  const sweeps = [...repositorySweeps(now), ...configurationSweeps(knex, now)];
  for (const sweep of sweeps) {
    await deleteInWindows(knex, sweep, signal);
  }
  await pruneNames(knex, now, signal);
}

/** Repositories, in an order in which nothing is left without what it belongs to. */
function repositorySweeps(now: number): Sweep[] {
  const withoutRef = (table: string, id: string): Sweep => ({
    table,
    key: ['ref_id', id],
    where: without([REFS, 'id'], [table, 'ref_id']),
  });
  return [
    {
      table: REPOSITORIES,
      key: ['selection_id', 'uuid'],
      where: rows => rows.where('seen_at', '<', now - KEPT_MS),
    },
    {
      table: REFS,
      key: ['id'],
      where: rows =>
        rows
          .where('used_at', '<', now - KEPT_MS)
          .orWhere(unlisted =>
            unlisted
              .where('used_at', '<', now - DAY_MS)
              .where(without([REPOSITORIES, 'full_name'], [REFS, 'full_name'])),
          ),
    },
    withoutRef(FILES, 'path_id'),
    withoutRef(GLOB_RESULTS, 'pattern_id'),
    {
      // A content is saved before the file that has it, so that a new one is
      // left alone; a look at many files may take hours where requests are few.
      table: CONTENTS,
      key: ['hash'],
      where: rows =>
        rows
          .whereRaw('coalesce(saved_at, 0) < ?', [now - DAY_MS])
          .where(without([FILES, 'content_hash'], [CONTENTS, 'hash'])),
    },
  ];
}

/** What belongs to configurations, credentials and URLs that are no longer used. */
function configurationSweeps(knex: Knex, now: number): Sweep[] {
  const ofProvider = (table: string, ...more: string[]): Sweep => ({
    table,
    key: ['provider', ...more],
    where: rows =>
      rows.whereIn(
        'provider',
        knex(WALKS)
          .where('ended_at', '<', now - PROVIDER_KEPT_MS)
          .select('provider'),
      ),
  });
  return [
    ofProvider(PROVIDERS),
    ofProvider(EMITTED, 'entity_ref'),
    ofProvider(REMOVALS),
    ofProvider(DELIVERIES),
    ofProvider(HOLDS),
    {
      table: WALKS,
      key: ['provider'],
      where: rows => rows.where('ended_at', '<', now - PROVIDER_KEPT_MS),
    },
    {
      table: LISTINGS,
      key: ['id'],
      where: rows => rows.where('started_at', '<', now - SELECTION_KEPT_MS),
    },
    {
      table: SELECTIONS,
      key: ['id'],
      where: rows => rows.where('refreshed_at', '<', now - SELECTION_KEPT_MS),
    },
    {
      table: BUDGET,
      key: ['credential', 'instance', 'cost_class', 'minute'],
      where: rows =>
        rows.where('minute', '<', Math.floor((now - DAY_MS) / MINUTE_MS)),
    },
    {
      table: URLS,
      key: ['key'],
      where: rows => rows.where('read_at', '<', now - KEPT_MS),
    },
  ];
}

/** Names of repositories that the mirror has not held for a year. */
async function pruneNames(
  knex: Knex,
  now: number,
  signal?: AbortSignal,
): Promise<void> {
  const unlisted = without([REPOSITORIES, 'uuid'], [NAMES, 'uuid']);
  const names = { table: NAMES, key: ['full_name'] };
  await inWindows(
    knex,
    {
      ...names,
      where: rows => rows.whereNull('unlisted_since').where(unlisted),
    },
    rows => rows.update({ unlisted_since: now }),
    signal,
  );
  await inWindows(
    knex,
    {
      ...names,
      where: rows => rows.whereNotNull('unlisted_since').whereNot(unlisted),
    },
    rows => rows.update({ unlisted_since: null }),
    signal,
  );
  await deleteInWindows(
    knex,
    {
      ...names,
      where: rows => rows.where('unlisted_since', '<', now - NAME_KEPT_MS),
    },
    signal,
  );
}

type Column = [table: string, column: string];

/**
 * Those rows that no row of another table belongs to. Each is looked up by itself:
 * for `NOT EXISTS`, PostgreSQL may read the whole of the other table every time.
 */
function without(of: Column, to: Column) {
  return (rows: Knex.QueryBuilder): void => {
    rows.whereRaw('(select 1 from ?? where ?? = ?? limit 1) is null', [
      of[0],
      of.join('.'),
      to.join('.'),
    ]);
  };
}
