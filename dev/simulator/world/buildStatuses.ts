import type { Commit } from './repository';

/** What a build status says, under the names that the API gives it. */
export type BuildStatusContent = {
  key: string;
  state: 'FAILED' | 'INPROGRESS' | 'STOPPED' | 'SUCCESSFUL';
  url: string;
  name?: string;
  description?: string;
  refname?: string;
};

export type BuildStatus = {
  readonly commit: Commit;
  content: BuildStatusContent;
  /** Milliseconds since the epoch. */
  readonly createdOn: number;
  updatedOn: number;
};

/** A key stands under more than one refname, and cannot be updated any more. */
export class DuplicateStatus extends Error {
  override name = 'DuplicateStatus';
}

/**
 * The build statuses of a repository. Those of one commit differ in key and
 * refname, and none can be deleted, as seen live by the Jenkins plugin
 * (jenkinsci/bitbucket-branch-source-plugin#930).
 */
export class BuildStatuses {
  private readonly statuses: BuildStatus[] = [];

  /** Those of a commit, and of one key if it is given; oldest first. */
  of(commit: Commit, key?: string): BuildStatus[] {
    return this.statuses.filter(
      status =>
        status.commit === commit &&
        (key === undefined || status.content.key === key),
    );
  }

  /**
   * Makes a status, or overwrites the one of the same key and refname. Without
   * a refname it overwrites any of the key, which keeps its own.
   *
   * @throws DuplicateStatus
   */
  post(commit: Commit, content: BuildStatusContent, now: number): BuildStatus {
    const { key, refname } = content;
    const sameKey = this.of(commit, key);
    const isKnown =
      refname === undefined
        ? sameKey.length > 0
        : sameKey.some(status => status.content.refname === refname);
    if (isKnown) {
      return this.update(commit, content, now);
    }
    const status = { commit, content, createdOn: now, updatedOn: now };
    this.statuses.push(status);
    return status;
  }

  /**
   * Changes what is given of the one status that has the key.
   *
   * @throws DuplicateStatus
   */
  update(
    commit: Commit,
    change: Partial<BuildStatusContent> & { key: string },
    now: number,
  ): BuildStatus {
    const [status, ...others] = this.of(commit, change.key);
    if (others.length > 0) {
      throw new DuplicateStatus(`${change.key} stands under several refnames`);
    }
    const refname = change.refname ?? status.content.refname;
    status.content = { ...status.content, ...change, refname };
    status.updatedOn = now;
    return status;
  }
}
