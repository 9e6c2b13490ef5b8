import pLimit from 'p-limit';
import {
  BitbucketClient,
  isForbiddenError,
  isNotFoundError,
  RequestContext,
} from '../bitbucket';
import { ProviderConfig } from '../config';
import { isIncluded, toRepositoryQuery } from '../discovery';
import { KnownName, RepositoryIndex, Scope } from '../workspace';
import { Lost } from './brake';
import { LocatedFile } from './locations';

/** What it takes to find out whether a repository is gone. */
export type Inquiry = {
  client: BitbucketClient;
  index: RepositoryIndex;
  scope: Scope;
  config: ProviderConfig;
  /** By full name. */
  known: Map<string, KnownName>;
  context: RequestContext;
};

/**
 * Decides which of the files that a walk did not find are removed.
 *
 * A file is gone when its repository was read without it. A repository is gone
 * when the list lacks it **and** asking for it by uuid answers 404 or shows
 * that the filters leave it out: a list that shifted while it was read proves
 * nothing.
 */
export async function decideRemovals(
  { gone, unlisted }: Lost,
  inquiry: Inquiry,
): Promise<LocatedFile[]> {
  const names = [...new Set(unlisted.map(({ fullName }) => fullName))];
  const left = await findLeft(names, inquiry);
  return [...gone, ...unlisted.filter(({ fullName }) => left.has(fullName))];
}

/**
 * Of the repositories that the list lacks, those that are really not there for
 * this provider. Costs one request for each, and one more list where a query of
 * the user's may be what leaves them out.
 */
async function findLeft(
  names: string[],
  inquiry: Inquiry,
): Promise<Set<string>> {
  const limit = pLimit(inquiry.client.concurrency);
  const answers = await Promise.all(
    names.map(name => limit(() => lookUp(name, inquiry))),
  );
  const namesOf = (answer: Answer) =>
    names.filter((_, index) => answers[index] === answer);

  const left = namesOf('left');
  const doubtful = namesOf('included');
  if (doubtful.length > 0 && inquiry.scope.query) {
    left.push(...(await findUnlisted(doubtful, inquiry)));
  }
  return new Set(left);
}

type Answer = 'left' | 'included' | 'unknown';

async function lookUp(
  fullName: string,
  { index, scope, config, known, context }: Inquiry,
): Promise<Answer> {
  const uuid = known.get(fullName)?.uuid;
  try {
    const id = uuid ?? fullName.split('/')[1];
    const found = await index.ask(scope, id, context);
    // Bitbucket knows old names too; what has a new one is listed by that.
    const isIt = uuid !== undefined || found.fullName === fullName;
    return isIt && isIncluded(found, config.filters) ? 'included' : 'left';
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

/** Those that the user's query leaves out, which only the list can tell. */
async function findUnlisted(
  names: string[],
  { client, index, scope, config, known, context }: Inquiry,
): Promise<string[]> {
  const { workspace, filters, pagelen } = config;
  const query = { q: toRepositoryQuery(filters), pagelen };
  const unlisted = new Set(names);
  for await (const page of client.listRepositories(workspace, query, context)) {
    page.forEach(({ fullName }) => unlisted.delete(fullName));
  }
  for (const name of unlisted) {
    const uuid = known.get(name)?.uuid;
    if (uuid) {
      await index.forget(scope, uuid);
    }
  }
  return [...unlisted];
}
