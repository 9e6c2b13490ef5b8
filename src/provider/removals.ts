import {
  BitbucketClient,
  isForbiddenError,
  isNotFoundError,
  RequestContext,
} from '../bitbucket';
import { ProviderConfig } from '../config';
import { CatalogFile, isIncluded, listIncluded, Walk } from '../discovery';
import { reasonToHold } from './brake';
import { Comparison, isConclusive } from './comparison';
import { Known } from './knownFiles';

/** What happens to the files that a walk did not find. */
export type Removals = {
  /** Proven to be gone. */
  removed: CatalogFile[];
  /** Left in the catalog. */
  kept: CatalogFile[];
  /** Whether the catalog may drop what it has beside the files found and kept. */
  complete: boolean;
  /** Why more is kept than seems to be there; a sentence for the log. */
  held?: string;
};

const NOT_ALL_READ =
  'Some repositories could not be read, and it is not known what the catalog has of them: nothing is removed until a walk has read all.';

/**
 * Decides what may be removed from the catalog.
 *
 * A file is gone when its repository was read without it. A repository is gone
 * when the list lacks it **and** asking for it by uuid answers 404 or shows
 * that the filters leave it out: a list that shifted while it was read proves
 * nothing. The brake holds back what is too much at once.
 */
export async function decideRemovals(
  client: BitbucketClient,
  config: ProviderConfig,
  walk: Walk,
  comparison: Comparison,
  known: Known,
  context: RequestContext,
): Promise<Removals> {
  const { moved, gone, unlisted, unseen } = comparison;
  const complete = known.complete || isConclusive(walk);
  if (!complete) {
    const kept = [...moved, ...gone, ...unlisted, ...unseen];
    return { removed: [], kept, complete, held: NOT_ALL_READ };
  }
  const { maxPercentage } = config.removals;
  const total = known.files.length;
  const held = reasonToHold(walk, comparison, total, maxPercentage);
  if (held) {
    const kept = [...gone, ...unlisted, ...unseen];
    return { removed: moved, kept, complete, held };
  }
  const left = await findLeft(client, config, unlisted, context);
  const isLeft = (file: CatalogFile) => left.has(file.repository.uuid);
  return {
    removed: [...moved, ...gone, ...unlisted.filter(isLeft)],
    kept: [...unlisted.filter(file => !isLeft(file)), ...unseen],
    complete,
  };
}

/**
 * Of the repositories that the list lacks, those that are really not there for
 * this provider, by uuid. Costs one request for each, and one more list where a
 * query of the user's may be what leaves them out.
 */
async function findLeft(
  client: BitbucketClient,
  config: ProviderConfig,
  unlisted: CatalogFile[],
  context: RequestContext,
): Promise<Set<string>> {
  const uuids = [...new Set(unlisted.map(file => file.repository.uuid))];
  const statuses = await Promise.all(
    uuids.map(uuid => lookUp(client, config, uuid, context)),
  );
  const left = uuids.filter((_, index) => statuses[index] === 'left');
  const doubtful = uuids.filter((_, index) => statuses[index] === 'included');
  if (doubtful.length > 0 && config.filters.query) {
    const again = await listIncluded(client, config, context);
    const listed = new Set(again.map(({ uuid }) => uuid));
    left.push(...doubtful.filter(uuid => !listed.has(uuid)));
  }
  return new Set(left);
}

async function lookUp(
  client: BitbucketClient,
  { workspace, filters }: ProviderConfig,
  uuid: string,
  context: RequestContext,
): Promise<'left' | 'included' | 'unknown'> {
  try {
    const repository = await client.getRepository(workspace, uuid, context);
    return isIncluded(repository, filters) ? 'included' : 'left';
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'repository') {
      return 'left';
    }
    if (isNotFoundError(error) || isForbiddenError(error)) {
      return 'unknown';
    }
    throw error;
  }
}
