import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { ProviderConfig } from '../config/types';
import { planCatalogPaths } from './filters';
import { Finding } from './repositoryFiles';

/** Why a Location should go, and by which response. */
export type Absence =
  /** A request for the file, or a listing of its folder, did not find it. */
  | {
      kind: 'path';
      by: 'file' | 'listing';
      branch: string;
      commit?: string;
      /** The configured branch, where the default branch was read since that is missing. */
      inPlaceOf?: string;
    }
  /** A request for the branch did not find it. */
  | { kind: 'branch'; branch?: string }
  /** The repository came without a main branch. */
  | { kind: 'empty' }
  /** The settings do not ask for the file any more. */
  | { kind: 'settings' }
  /** A list lacks the repository, or a request for it did not find it. */
  | { kind: 'repository'; by: 'list' | 'request' };

/**
 * What a second request says. `changed`: the file, branch or repository is there,
 * or the branch has moved since; it is looked at again. `unknown`: nothing was
 * proved, and everything stays.
 */
export type Verdict = 'gone' | 'changed' | 'unknown';

/** Why a Location was not found in a repository that was looked into. */
export function absenceIn(
  finding: Finding,
  location: EmittedLocation,
  config: ProviderConfig,
): Absence {
  if (finding.reason === 'empty') {
    return { kind: 'empty' };
  }
  if (finding.reason) {
    return { kind: 'branch', branch: config.branch };
  }
  const { branch, commit } = finding;
  const inPlaceOf = config.branch === branch ? undefined : config.branch;
  const { files, globs } = planCatalogPaths(config.catalogPaths);
  if (files.includes(location.path)) {
    return { kind: 'path', by: 'file', branch, commit, inPlaceOf };
  }
  return globs.some(glob => glob.matches(location.path))
    ? { kind: 'path', by: 'listing', branch, commit, inPlaceOf }
    : { kind: 'settings' };
}
