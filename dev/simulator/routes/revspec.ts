import type { Comparison } from '../bodies';
import { unknownCommit, unknownUrl } from '../errors';
import { resolveRevision } from '../lookup';
import type { SimulatedRepository } from '../world';

/**
 * The two commits of `{changed}..{base}`, the other way round than in git, or
 * of `{changed}\r{base}`, as the links of pull requests have it.
 *
 * @throws ApiError (404) that names the revision that is not there
 */
export function readRevspec(
  repository: SimulatedRepository,
  spec: string,
): Comparison {
  const revisions = spec.split(/\.\.|\r/);
  if (revisions.length !== 2) {
    throw unknownUrl();
  }
  const [changed, base] = revisions.map(revision =>
    locate(repository, revision),
  );
  return { old: base, new: changed };
}

/**
 * A revision, or `{full name}:{revision}` of a repository that has a pull
 * request for this one: its commits are compared here, even for those who
 * cannot read it (nishio-dens/bitbucket-pullrequest-builder-plugin#23), and
 * even when it was deleted.
 */
function locate(repository: SimulatedRepository, text: string) {
  const [, fullName, revision] = /^(.+):(.+)$/.exec(text) ?? ['', '', text];
  const sources = repository.pullRequests.map(
    ({ source }) => source.repository,
  );
  const found =
    fullName === ''
      ? repository
      : [repository, ...sources].find(other => other.fullName === fullName);
  if (!found) {
    throw unknownCommit(text);
  }
  return { repository: found, commit: resolveRevision(found, revision) };
}
