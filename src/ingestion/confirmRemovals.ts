import pLimit from 'p-limit';
import { ProviderConfig } from '../config/types';
import { addTo } from '../lib/batching';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { RefName } from '../mirror/rows';
import { RepositorySelection } from '../scm/ScmHost';
import { isUnexpectedResponseError } from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { HeldRemovals, Hold, RemovalAllowance } from './HeldRemovals';
import { PlanTools } from './applyPlan';
import {
  AbsenceTools,
  confirmInRepository,
  confirmRepository,
  findRenamed,
  RepositoryVerdict,
} from './confirmAbsence';
import { filterRepositories } from './filters';
import {
  decideRemovals,
  isHeldByEmptyList,
  RemovalCandidate,
  RemovalDecision,
  Verdict,
} from './removalPolicy';

/** What removals are confirmed and applied with. */
export type RemovalTools = PlanTools & {
  index: WorkspaceIndex;
  config: ProviderConfig;
  holds: HeldRemovals;
  allowance: RemovalAllowance;
  context: RequestContext;
  oneAtATime<T>(work: () => Promise<T>): Promise<T>;
};

/** What a walk or a delivery did not find. */
export type RemovalRequest = {
  candidates: RemovalCandidate[];
  selection: RepositorySelection;
  /** Whether everything was compared with a full list. */
  isWhole: boolean;
  /** Whether what is held is decided again. */
  isRecomputed: boolean;
  /** How many repositories a full list has that the filters include. */
  listed?: number;
  /** Start of the last full list. Milliseconds since the epoch. */
  listSince?: number;
  hold?: Hold;
};

/** What the policy allows to remove, with the result of the second request. */
export type ConfirmedRemovals = {
  decision: RemovalDecision;
  confirmed: readonly Confirmed[];
  /** Uuids of repositories to search again before anything is removed. */
  again: ReadonlySet<string>;
};

/** A removal that the policy allows, with the result of the second request. */
export type Confirmed = {
  candidate: RemovalCandidate;
  verdict: Verdict;
  /** As it is now, where its settings or filters are the reason. */
  repository?: Repository;
};

/**
 * Asks Bitbucket again, by requests of another kind, about what the policy allows to
 * remove. The cached results of repositories in which a file is missing are dropped:
 * just when a file moves, the response that lacks its new place may be wrong.
 */
export async function confirmRemovals(
  tools: RemovalTools,
  request: RemovalRequest,
): Promise<ConfirmedRemovals> {
  const decision = await applyPolicy(tools, request);
  const confirmed = await confirmAll(tools, request.selection, decision.apply);
  const unproved = confirmed.filter(({ verdict }) => verdict === 'unknown');
  await tools.emitted.markTried(
    unproved.map(({ candidate }) => candidate.location),
    Date.now(),
  );
  const again = confirmed.filter(
    ({ verdict, candidate }) =>
      verdict === 'changed' ||
      (verdict === 'gone' && candidate.absence.kind === 'path'),
  );
  await forgetAbsences(tools, again);
  return {
    decision,
    confirmed,
    again: new Set(again.map(({ candidate }) => candidate.location.uuid)),
  };
}

/** Applies the policy to a request, with the current numbers of the catalog and the database. */
export async function applyPolicy(
  tools: RemovalTools,
  request: RemovalRequest,
): Promise<RemovalDecision> {
  const { candidates, hold, isRecomputed } = request;
  if (candidates.length === 0) {
    return { apply: [], hold: [] };
  }
  const { catalog, allowance, config, index } = tools;
  const names = await index.repositories.names(
    candidates.map(({ location }) => location.fullName),
  );
  return decideRemovals({
    candidates,
    held: new Set(isRecomputed || hasListAgain(request) ? [] : hold?.targets),
    approved: new Set(hold?.approved),
    used: await allowance.used(request.listSince),
    current: await catalog.count(),
    listed: request.listed ?? (await countIncluded(tools, request.selection)),
    isFullList: request.listed !== undefined,
    maxPercentage: config.removals.maxPercentage,
    withoutEntities: await catalog.withoutEntities(
      candidates.map(({ location }) => location.entityRef),
    ),
    isPrivate: fullName => names.get(fullName)?.isPrivate === true,
  });
}

/** Removals that were held because the list was empty are decided again by the next one. */
function hasListAgain({ hold, listed = 0 }: RemovalRequest): boolean {
  return hold !== undefined && listed > 0 && isHeldByEmptyList(hold.reason);
}

async function countIncluded(
  { index, config }: RemovalTools,
  selection: RepositorySelection,
): Promise<number> {
  const known = await index.repositories.known(selection);
  return filterRepositories(known, config.filters).length;
}

async function confirmAll(
  tools: RemovalTools,
  selection: RepositorySelection,
  candidates: readonly RemovalCandidate[],
): Promise<Confirmed[]> {
  const { host, config, context, index } = tools;
  const absence = {
    host,
    config,
    context,
    selection,
    index: index.repositories,
  };
  const groups = new Map<string, RemovalCandidate[]>();
  for (const candidate of candidates) {
    const { uuid, fullName } = candidate.location;
    const kind = candidate.absence.kind === 'repository';
    const key = `${kind} ${uuid || fullName}`;
    addTo(groups, key, candidate);
  }
  const limit = pLimit(host.concurrency);
  const all = [...groups.values()];
  const isUnlisted = ([first]: RemovalCandidate[]) =>
    first.absence.kind === 'repository';
  const repositories = all.filter(isUnlisted);
  const others = all.filter(group => !isUnlisted(group));
  const confirmed = await Promise.all([
    ...others.map(group => limit(() => confirmFiles(absence, group))),
    confirmRepositories(absence, repositories, limit),
  ]);
  return unlistedByQuery(tools, selection, confirmed.flat());
}

async function confirmFiles(
  tools: AbsenceTools,
  group: RemovalCandidate[],
): Promise<Confirmed[]> {
  const [{ location }] = group;
  const verdicts = await confirmInRepository(tools, location.uuid, group);
  return group.map((candidate, position) => ({
    candidate,
    verdict: verdicts[position],
    repository: candidate.repository,
  }));
}

/** @param groups - the Locations of each repository */
async function confirmRepositories(
  tools: AbsenceTools,
  groups: RemovalCandidate[][],
  limit: pLimit.Limit,
): Promise<Confirmed[]> {
  const verdicts = await Promise.all(
    groups.map(group =>
      limit(() => {
        const [{ location, absence }] = group;
        const by = absence.kind === 'repository' ? absence.by : 'list';
        const seen = group.find(one => one.repository)?.repository;
        return confirmRepository(tools, location, by, seen);
      }),
    ),
  );
  const isDoubtful = ({ verdict }: RepositoryVerdict) =>
    verdict === 'renamed or gone';
  const found = await findRenamed(
    tools,
    groups
      .filter((_, position) => isDoubtful(verdicts[position]))
      .map(([{ location }]) => location),
  );
  return groups.flatMap((group, position) => {
    const first = verdicts[position];
    const { verdict, repository } = isDoubtful(first) ? found.shift()! : first;
    return group.map(candidate => ({
      candidate,
      verdict: toVerdict(verdict, candidate.repository, repository),
      repository,
    }));
  });
}

function toVerdict(
  verdict: RepositoryVerdict['verdict'],
  first: Repository | undefined,
  second: Repository | undefined,
): Verdict {
  if (verdict === 'excluded') {
    return confirmExcluded(first, second);
  }
  return verdict === 'renamed or gone' ? 'unknown' : verdict;
}

/** The filters leave a repository out: two responses have to agree on what they go by. */
function confirmExcluded(
  first: Repository | undefined,
  second: Repository | undefined,
): Verdict {
  const agree =
    !first ||
    (first.projectKey === second?.projectKey &&
      first.slug === second?.slug &&
      first.isPrivate === second?.isPrivate);
  return agree ? 'gone' : 'unknown';
}

/**
 * A repository that is there may be left out by the user's `filters.query`, which
 * only a list can show. One more list, where there are such repositories.
 */
async function unlistedByQuery(
  { host, config, context, index }: RemovalTools,
  selection: RepositorySelection,
  confirmed: Confirmed[],
): Promise<Confirmed[]> {
  const isDoubtful = ({ candidate, verdict }: Confirmed) =>
    candidate.absence.kind === 'repository' && verdict === 'changed';
  if (selection.query === undefined || !confirmed.some(isDoubtful)) {
    return confirmed;
  }
  const listed = new Set<string>();
  const options = { pageSize: config.pagelen, strict: true };
  const pages = host.repositories(selection, options, undefined, context);
  try {
    for await (const { repositories } of pages) {
      repositories.forEach(({ uuid }) => listed.add(uuid));
    }
  } catch (error) {
    if (isUnexpectedResponseError(error)) {
      // What the list lacks may be in a row that could not be read.
      return confirmed;
    }
    throw error;
  }
  return Promise.all(
    confirmed.map(async one => {
      const uuid = one.repository?.uuid;
      if (!isDoubtful(one) || uuid === undefined || listed.has(uuid)) {
        return one;
      }
      await index.repositories.forget(selection, uuid);
      return { ...one, verdict: 'gone' as const };
    }),
  );
}

/**
 * Drops the responses in which something was missing, once for each ref, however
 * many of its files are missing. Costly ones stay unless one of them was wrong.
 */
async function forgetAbsences(
  { index }: RemovalTools,
  confirmed: readonly Confirmed[],
): Promise<void> {
  const refs = new Map<string, { name: RefName; keepsCostly: boolean }>();
  for (const { candidate, verdict } of confirmed) {
    for (const name of refsOf(candidate)) {
      const key = `${name.fullName} ${name.ref}`;
      const keepsCostly =
        verdict === 'gone' && (refs.get(key)?.keepsCostly ?? true);
      refs.set(key, { name, keepsCostly });
    }
  }
  for (const { name, keepsCostly } of refs.values()) {
    await index.files.forgetAbsent(name, { keepsCostly });
  }
}

function refsOf({
  location,
  absence,
  repository,
}: RemovalCandidate): RefName[] {
  const fullName = repository?.fullName ?? location.fullName;
  const refs = [
    absence.kind === 'path' || absence.kind === 'branch'
      ? absence.branch
      : undefined,
    absence.kind === 'path' ? absence.inPlaceOf : undefined,
  ];
  return refs.flatMap(ref => (ref === undefined ? [] : [{ fullName, ref }]));
}
