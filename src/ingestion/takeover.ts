import { ProviderConfig } from '../config/types';
import { ScmHost } from '../scm/ScmHost';
import { Repository } from '../scm/types';
import { isIncluded } from './filters';
import { planCatalogPaths } from './repositoryFiles';

/** An entity provider of this module, by the name that the catalog knows it by. */
export type Peer = { provider: string; config: ProviderConfig };

/** What full names are made of. */
type FullNames = Pick<ScmHost, 'workspaceOf'>;

/**
 * Whether the settings of an entity provider ask for a path of a repository:
 * `maybe` where only Bitbucket can evaluate `filters.query`. Which branch a provider
 * reads does not matter: its next walk moves the Location there.
 *
 * @param path - relative to the root of the repository
 */
function asksFor(
  host: FullNames,
  config: ProviderConfig,
  repository: Repository,
  path: string,
): 'yes' | 'no' | 'maybe' {
  const { filters, workspace } = config;
  const isElsewhere =
    !workspace.startsWith('{') &&
    workspace.toLowerCase() !== host.workspaceOf(repository.fullName);
  if (isElsewhere || !isIncluded(repository, filters)) {
    return 'no';
  }
  const { files, globs } = planCatalogPaths(config.catalogPaths);
  if (!files.includes(path) && !globs.some(glob => glob.matches(path))) {
    return 'no';
  }
  return filters.query === undefined && !workspace.startsWith('{')
    ? 'yes'
    : 'maybe';
}

/**
 * What becomes of a Location that this provider wants and that another source
 * has: it is taken over from a provider of this module whose settings no longer
 * ask for it.
 *
 * @param holder - the location key of what has it
 */
export function mayTakeOver(
  host: FullNames,
  holder: string,
  peers: readonly Peer[],
  repository: Repository,
  path: string,
): boolean {
  const peer = peers.find(({ provider }) => provider === holder);
  if (!peer) {
    return false;
  }
  return asksFor(host, peer.config, repository, path) === 'no';
}

/** The provider that a Location goes to when this one's settings no longer ask for it. */
export function successorOf(
  host: FullNames,
  peers: readonly Peer[],
  repository: Repository,
  path: string,
): Peer | undefined {
  return peers.find(
    ({ config }) => asksFor(host, config, repository, path) === 'yes',
  );
}
