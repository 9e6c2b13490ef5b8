import type {
  PullRequestComment,
  SimulatedPullRequest,
  WorkspaceEvent,
} from '../world';

/** Where in a file a comment is. */
type Anchor = {
  path: string;
  srcPath?: string;
  line?: number;
  lineType?: 'ADDED' | 'CONTEXT' | 'REMOVED';
  fileType?: 'FROM' | 'TO';
  diffType?: string;
  fromHash?: string;
  toHash?: string;
};

type CommentFacts = {
  /** Moves with every change; whoever changes it has to name it. */
  version: number;
  /** `BLOCKER` is a task. */
  severity: 'NORMAL' | 'BLOCKER';
  state: 'OPEN' | 'RESOLVED';
  anchor?: Anchor;
  /** What it replies to. */
  parent?: PullRequestComment;
};

/** What Data Center knows of pull requests and the simulated world does not. */
export class PullRequestFacts {
  private readonly versions = new WeakMap<SimulatedPullRequest, number>();
  private readonly comments = new WeakMap<PullRequestComment, CommentFacts>();

  /** Moves when someone edits or closes it, and stays as it is after a push. */
  versionOf(pullRequest: SimulatedPullRequest): number {
    return this.versions.get(pullRequest) ?? 0;
  }

  ofComment(comment: PullRequestComment): CommentFacts {
    const known = this.comments.get(comment);
    if (known) {
      return known;
    }
    const facts: CommentFacts = {
      version: 0,
      severity: 'NORMAL',
      state: 'OPEN',
      anchor: comment.inline && {
        path: comment.inline.path,
        line: comment.inline.to ?? comment.inline.from ?? undefined,
        fileType: comment.inline.to ? 'TO' : 'FROM',
      },
    };
    this.comments.set(comment, facts);
    return facts;
  }

  notice(event: WorkspaceEvent): void {
    switch (event.key) {
      case 'pullrequest:updated':
        if (event.before) {
          this.bump(event.pullRequest);
        }
        break;
      case 'pullrequest:fulfilled':
      case 'pullrequest:rejected':
        this.bump(event.pullRequest);
        break;
      case 'pullrequest:comment_updated':
        this.ofComment(event.comment).version += 1;
        break;
      default:
    }
  }

  private bump(pullRequest: SimulatedPullRequest): void {
    this.versions.set(pullRequest, this.versionOf(pullRequest) + 1);
  }
}
