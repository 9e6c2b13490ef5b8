import {
  BitbucketClient,
  isForbiddenError,
  isNotFoundError,
  RequestContext,
} from '../bitbucket';
import { ProviderConfig } from '../config';
import { isIncluded, listIncluded } from '../discovery';
import { KnownRepository, mapConcurrently } from '../workspace';
import { Comparison } from './comparison';
import { LocatedFile } from './locations';

/** What happens to the files that a walk did not find. */
export type Removals = {
  /** Proven to be gone. */
  removed: LocatedFile[];
  /** Left in the catalog. */
  kept: LocatedFile[];
};

/** Removes only what is under another URL now. */
export function keepAll(comparison: Comparison): Removals {
  const { moved, gone, unlisted, unseen } = comparison;
  return { removed: moved, kept: [...gone, ...unlisted, ...unseen] };
}

/**
 * Decides what is removed from the catalog.
 *
 * A file is gone when its repository was read without it. A repository is gone
 * when the list lacks it **and** asking for it by uuid answers 404 or shows
 * that the filters leave it out: a list that shifted while it was read proves
 * nothing.
 */
export async function decideRemovals(
  client: BitbucketClient,
  config: ProviderConfig,
  comparison: Comparison,
  known: Map<string, KnownRepository>,
  context: RequestContext,
): Promise<Removals> {
  const { moved, gone, unlisted, unseen } = comparison;
  const names = [...new Set(unlisted.map(({ fullName }) => fullName))];
  const left = await findLeft(client, config, names, known, context);
  return {
    removed: [
      ...moved,
      ...gone,
      ...unlisted.filter(({ fullName }) => left.has(fullName)),
    ],
    kept: [
      ...unlisted.filter(({ fullName }) => !left.has(fullName)),
      ...unseen,
    ],
  };
}

/**
 * Of the repositories that the list lacks, those that are really not there for
 * this provider. Costs one request for each, and one more list where a query of
 * the user's may be what leaves them out.
 */
async function findLeft(
  client: BitbucketClient,
  config: ProviderConfig,
  names: string[],
  known: Map<string, KnownRepository>,
  context: RequestContext,
): Promise<Set<string>> {
  const { concurrency } = client;
  const answers = await mapConcurrently(names, concurrency, context, lookUp);
  const namesOf = (answer: Answer) =>
    names.filter((_, index) => answers[index] === answer);

  const left = namesOf('left');
  const doubtful = namesOf('included');
  if (doubtful.length > 0 && config.filters.query) {
    const again = await listIncluded(client, config, context);
    const listed = new Set(again.map(({ fullName }) => fullName));
    left.push(...doubtful.filter(name => !listed.has(name)));
  }
  return new Set(left);

  async function lookUp(
    fullName: string,
    requestContext: RequestContext,
  ): Promise<Answer> {
    const { workspace, filters } = config;
    const uuid = known.get(fullName)?.uuid;
    const id = uuid ?? fullName.split('/')[1];
    try {
      const found = await client.getRepository(workspace, id, requestContext);
      // Bitbucket knows old names too; what has a new one is listed by that.
      const isIt = uuid !== undefined || found.fullName === fullName;
      return isIt && isIncluded(found, filters) ? 'included' : 'left';
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
}

type Answer = 'left' | 'included' | 'unknown';
