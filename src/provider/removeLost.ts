import { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { BitbucketClient, Repository, RequestContext } from '../bitbucket';
import { ProviderConfig } from '../config';
import { Scope, WorkspaceIndex } from '../workspace';
import { divide, Lost, reasonToHold } from './brake';
import { HeldRemovals, Hold } from './HeldRemovals';
import { Current, KnownCatalog } from './KnownCatalog';
import { LocatedFile } from './locations';
import { mutate } from './mutations';
import { ProviderMemory } from './ProviderMemory';
import { decideRemovals } from './removals';

/** What removals work with. */
export type RemovalTools = {
  connection: EntityProviderConnection;
  client: BitbucketClient;
  index: WorkspaceIndex;
  config: ProviderConfig;
  /** The entity provider's name. */
  provider: string;
  memory: ProviderMemory;
  holds: HeldRemovals;
  catalog: KnownCatalog;
  context: RequestContext;
};

/** What a walk has seen when it has looked into everything. */
export type Seen = {
  scope: Scope;
  /** Whether it compares everything, and not just what was updated. */
  isWhole: boolean;
  /** Looked into. */
  repositories: Repository[];
  /** Known, and not looked into: not listed any more, or left out by the filters. */
  left: Repository[];
  /** When the full list was read that the walk goes by, if it was. */
  completeSince?: number;
  /** In the catalog, and not there when its repository was read. */
  gone: LocatedFile[];
  /** What an earlier walk held back. */
  hold?: Hold;
};

/** What became of what a walk did not find. */
export type Removal = {
  removed: number;
  kept: number;
  /** Why the rest is held back. */
  held?: string;
};

/** Removes what a walk did not find from the catalog, on proof and through the brake. */
export async function removeLost(
  tools: RemovalTools,
  seen: Seen,
): Promise<Removal> {
  const { connection, client, index, config, provider } = tools;
  const { memory, catalog, context } = tools;
  const { scope, isWhole, repositories, left, gone, hold } = seen;
  const isConcerned =
    isWhole || gone.length > 0 || (await wasTold(memory, left));
  const current = isConcerned ? await catalog.read() : undefined;
  if (!current) {
    return { removed: 0, kept: 0 };
  }
  const lost = { gone, unlisted: findUnlisted(current, seen) };
  const { approved, others } = divide(lost, hold?.approved);
  const held = reasonToHold({
    lost: others,
    listed: repositories.length + (isWhole ? 0 : left.length),
    current: current.files.length,
    known: current.known,
    maxPercentage: config.removals.maxPercentage,
  });
  const removed = await decideRemovals(held ? approved : lost, {
    client,
    index: index.repositories,
    scope,
    config,
    known: current.known,
    context,
  });
  await mutate(connection, provider, [], removed);
  await memory.saveTold(withoutFiles(lost, removed, current));
  await remember(tools, seen, held, others);
  const kept = gone.length + lost.unlisted.length - removed.length;
  return { removed: removed.length, kept, held };
}

/** Only a walk over everything can tell that nothing needs to be held any more. */
async function remember(
  { holds }: RemovalTools,
  { isWhole, hold }: Seen,
  held: string | undefined,
  { gone, unlisted }: Lost,
): Promise<void> {
  if (hold?.approved) {
    await holds.endApproval();
  }
  if (held) {
    const targets = [...gone, ...unlisted].map(({ target }) => target);
    await holds.hold(held, targets);
  } else if (isWhole) {
    await holds.lift();
  }
}

async function wasTold(
  memory: ProviderMemory,
  repositories: Repository[],
): Promise<boolean> {
  const told = await memory.told(repositories.map(({ uuid }) => uuid));
  return [...told.values()].some(files => files.length > 0);
}

/** What the catalog has of repositories that are not to be found in the list, or are left out by the filters. */
function findUnlisted(
  { files, byUuid, known }: Current,
  { isWhole, repositories, left, completeSince }: Seen,
): LocatedFile[] {
  if (!isWhole) {
    return left.flatMap(({ uuid }) => byUuid.get(uuid) ?? []);
  }
  if (completeSince === undefined) {
    return [];
  }
  const listed = new Set(repositories.map(({ uuid }) => uuid));
  return files.filter(({ fullName }) => {
    const uuid = known.get(fullName)?.uuid;
    return uuid === undefined || !listed.has(uuid);
  });
}

/** Of the repositories that files were removed of as a whole. */
function withoutFiles(
  { unlisted }: Lost,
  removed: LocatedFile[],
  { known }: Current,
) {
  const isRemoved = new Set(removed);
  const uuids = unlisted
    .filter(file => isRemoved.has(file))
    .flatMap(({ fullName }) => known.get(fullName)?.uuid ?? []);
  return new Map(uuids.map(uuid => [uuid, []]));
}
