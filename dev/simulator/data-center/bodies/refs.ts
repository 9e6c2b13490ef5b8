import type { Commit, SimulatedRepository } from '../../world';

export const refBody = (type: 'BRANCH' | 'TAG', name: string) => ({
  id: `${type === 'BRANCH' ? 'refs/heads' : 'refs/tags'}/${name}`,
  displayId: name,
  type,
});

export const branchBody = (
  { mainBranch }: SimulatedRepository,
  name: string,
  commit: Commit,
) => ({
  ...refBody('BRANCH', name),
  latestCommit: commit.hash,
  latestChangeset: commit.hash,
  isDefault: name === mainBranch,
});

/** Tags of the simulated world are not annotated, and have no hash of their own. */
export const tagBody = (name: string, commit: Commit) => ({
  ...refBody('TAG', name),
  latestCommit: commit.hash,
  latestChangeset: commit.hash,
  hash: null,
});
