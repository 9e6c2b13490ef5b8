import type { PullRequestBefore, WorkspaceEvent } from './events';
import { mergeBase } from './history';
import { mergeTrees } from './merge';
import {
  atHead,
  InlinePlace,
  NewPullRequest,
  PullRequestComment,
  ROBIN,
  sideOf,
  SimulatedPullRequest,
} from './pullRequest';
import type { Commit, SimulatedRepository } from './repository';
import { emptyTree } from './tree';

/** What pull requests need of the workspace they are in. */
export type PullRequestWorld = {
  repository: (slugOrUuid: string) => SimulatedRepository;
  now: () => number;
  changed: (event: WorkspaceEvent) => void;
  /** Changes a repository, and reports it as a push. */
  pushed: <R>(
    slug: string,
    change: (repository: SimulatedRepository) => R,
  ) => R;
};

type PullRequestEventKey = Exclude<
  Extract<
    WorkspaceEvent,
    { pullRequest: SimulatedPullRequest; comment?: undefined }
  >['key'],
  'pullrequest:updated'
>;

/** Opens, changes and closes the pull requests to the repositories of a workspace. */
export class PullRequests {
  private commentsMade = 0;

  constructor(private readonly world: PullRequestWorld) {}

  open(slug: string, options: NewPullRequest): SimulatedPullRequest {
    const repository = this.world.repository(slug);
    const { sourceRepository = repository, author = ROBIN } = options;
    const source = sideOf(sourceRepository, options.source);
    const now = this.world.now();
    const pullRequest: SimulatedPullRequest = {
      id: (repository.pullRequestsOpened += 1),
      title: options.title ?? source.commit.message,
      description: options.description ?? '',
      state: 'OPEN',
      draft: options.draft ?? false,
      author,
      createdOn: now,
      updatedOn: now,
      source,
      destination: sideOf(
        repository,
        options.destination ?? repository.mainBranch,
      ),
      reason: '',
      comments: [],
    };
    repository.pullRequests.push(pullRequest);
    sourceRepository.pullRequestsFrom.push(pullRequest);
    this.report('pullrequest:created', pullRequest, author);
    return pullRequest;
  }

  /** Changes what is given; another `destination` is another branch. */
  update(
    pullRequest: SimulatedPullRequest,
    change: {
      title?: string;
      description?: string;
      draft?: boolean;
      destination?: string;
    },
  ): void {
    assertOpen(pullRequest);
    const { title, description, destination } = pullRequest;
    const { destination: branch, ...others } = change;
    if (branch !== undefined) {
      pullRequest.destination = sideOf(destination.repository, branch);
    }
    Object.assign(pullRequest, others, { updatedOn: this.world.now() });
    this.reportUpdate(pullRequest, { title, description, destination });
  }

  decline(pullRequest: SimulatedPullRequest, reason = ''): void {
    assertOpen(pullRequest);
    this.close(pullRequest, 'DECLINED');
    pullRequest.reason = reason;
    this.report('pullrequest:rejected', pullRequest);
  }

  /**
   * Makes a merge commit on the destination; the source branch stays.
   *
   * @throws Error where a file was changed on both sides
   */
  merge(pullRequest: SimulatedPullRequest): Commit {
    assertOpen(pullRequest);
    const { source, destination, id } = pullRequest;
    const { tree, conflicts } = mergeTrees(
      mergeBase(source.commit, destination.commit)?.tree ?? emptyTree,
      source.commit.tree,
      destination.commit.tree,
    );
    if (conflicts.length > 0) {
      const paths = conflicts.map(({ path }) => path).join(', ');
      throw new Error(`Pull request ${id} has conflicts in ${paths}`);
    }
    this.close(pullRequest, 'MERGED');
    const { repository, branch } = destination;
    const commit = this.world.pushed(repository.slug, () =>
      repository.merge(branch, source.commit, {
        tree,
        message: `Merged in ${source.branch} (pull request #${id})`,
        date: pullRequest.updatedOn,
      }),
    );
    pullRequest.mergeCommit = commit;
    this.report('pullrequest:fulfilled', pullRequest);
    return commit;
  }

  comment(
    pullRequest: SimulatedPullRequest,
    {
      raw,
      inline,
      author = ROBIN,
    }: {
      raw: string;
      inline?: InlinePlace;
      author?: string;
    },
  ): PullRequestComment {
    this.commentsMade += 1;
    const now = this.world.now();
    const comment: PullRequestComment = {
      id: 100_000 + this.commentsMade,
      raw,
      inline,
      author,
      createdOn: now,
      updatedOn: now,
      deleted: false,
    };
    pullRequest.comments.push(comment);
    this.reportComment('pullrequest:comment_created', pullRequest, comment);
    return comment;
  }

  editComment(
    pullRequest: SimulatedPullRequest,
    comment: PullRequestComment,
    raw: string,
  ): void {
    Object.assign(comment, { raw, updatedOn: this.world.now() });
    this.reportComment('pullrequest:comment_updated', pullRequest, comment);
  }

  /** Leaves it in its place, without a text. */
  deleteComment(
    pullRequest: SimulatedPullRequest,
    comment: PullRequestComment,
  ): void {
    const updatedOn = this.world.now();
    Object.assign(comment, { raw: '', deleted: true, updatedOn });
    this.reportComment('pullrequest:comment_deleted', pullRequest, comment);
  }

  /** Takes in where the branches of a pull request are after a push. */
  follow(pullRequest: SimulatedPullRequest): void {
    const { state, source, destination } = pullRequest;
    if (state !== 'OPEN' || destination.repository.isDeleted) {
      return;
    }
    pullRequest.destination = atHead(destination);
    pullRequest.source = atHead(source);
    if (pullRequest.source.commit !== source.commit) {
      pullRequest.updatedOn = this.world.now();
      this.reportUpdate(pullRequest);
      // What sets it apart from the other one is documented nowhere.
      this.report('pullrequest:push', pullRequest);
    }
  }

  private close(
    pullRequest: SimulatedPullRequest,
    state: SimulatedPullRequest['state'],
  ): void {
    const updatedOn = this.world.now();
    Object.assign(pullRequest, { state, updatedOn, closedBy: ROBIN });
  }

  private report(
    key: PullRequestEventKey,
    pullRequest: SimulatedPullRequest,
    actor = ROBIN,
  ): void {
    const { repository } = pullRequest.destination;
    this.world.changed({ key, repository, pullRequest, actor });
  }

  private reportUpdate(
    pullRequest: SimulatedPullRequest,
    before?: PullRequestBefore,
  ): void {
    const { repository } = pullRequest.destination;
    const key = 'pullrequest:updated';
    this.world.changed({ key, repository, pullRequest, actor: ROBIN, before });
  }

  private reportComment(
    key: Extract<WorkspaceEvent, { comment: PullRequestComment }>['key'],
    pullRequest: SimulatedPullRequest,
    comment: PullRequestComment,
  ): void {
    const { repository } = pullRequest.destination;
    const actor = comment.author;
    this.world.changed({ key, repository, pullRequest, comment, actor });
  }
}

function assertOpen({ id, state }: SimulatedPullRequest): void {
  if (state !== 'OPEN') {
    throw new Error(`Pull request ${id} is ${state}`);
  }
}
