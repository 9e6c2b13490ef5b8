import { hashOf } from '../lib/text';
import {
  ForbiddenError,
  isForbiddenError,
  isRefusedLinkError,
  isUnauthorizedError,
  UnauthorizedError,
} from '../scm/errors';
import { BuildStatus, PullRequestApi, Report } from '../scm/pullRequests';

import { AtCommit, InRepository, RequestContext } from '../scm/types';
import { failureInWords } from './outcomes';
import { CommentStore, postComment } from './ownComment';
import { PostedPart } from './records';
import { Posting } from './resultReport';
import { StoredRun } from './StoredRun';

/** What is posted, and where. */
export type Publication = {
  run: StoredRun;
  posting: Posting;
  /** The head of the pull request. */
  at: AtCommit;
  /** The one that the pull request is to be merged into. */
  repository: InRepository;
  pullRequestUrl: string;
};

/** What posts, and remembers what was posted. */
export type PublishTools = {
  api: PullRequestApi;
  pullRequests: CommentStore;
  /** Saves the run, which records what was posted. */
  save(): Promise<void>;
  context: RequestContext;
  now(): number;
};

/** Posts a part. Undefined where there is nothing to post. */
type Post = () => Promise<PostedPart['outcome'] | undefined>;

/** What the host did not let this module do, and why. */
export type Refused = {
  what: PostedPart['what'] | 'read';
  error: ForbiddenError | UnauthorizedError;
};

/**
 * Posts the result of a run: the report with its annotations, the build status and the
 * comment. What was posted before, by this attempt or an earlier one, is not posted again.
 *
 * @returns what the credential may not post; undefined where all was posted
 * @throws the host's errors, after which the rest can be posted later
 */
export async function publish(
  publication: Publication,
  tools: PublishTools,
): Promise<Refused | undefined> {
  const { posting } = publication;
  const steps: [PostedPart['what'], Post][] = [
    ['report', () => postReport(publication, tools)],
    ['annotations', () => postAnnotations(publication, tools)],
    ['status', () => postStatus(publication, tools)],
  ];
  let refused: Refused | undefined;
  for (const [what, post] of steps) {
    refused = await postPart(what, post, publication, tools);
    if (refused) {
      // The others need the same scope.
      break;
    }
  }
  if (posting.comment !== undefined) {
    const comment = {
      text: posting.comment,
      mayBeNew: posting.mayCreateComment,
    };
    const refusal = await publishComment(comment, publication, tools);
    refused ??= refusal;
  }
  return refused;
}

/** Posts a comment, or edits the one that there is. */
export async function publishComment(
  comment: { text: string; mayBeNew: boolean },
  publication: Pick<Publication, 'run' | 'repository'>,
  tools: PublishTools,
): Promise<Refused | undefined> {
  const { run, repository } = publication;
  const { pageId, event } = run;
  const place = { pageId, repository, number: event.pullRequest.number };
  const post = () => postComment(comment, place, tools);
  return postPart('comment', post, publication, tools);
}

/** Posts a part, and records the outcome. */
async function postPart(
  what: PostedPart['what'],
  post: Post,
  { run }: Pick<Publication, 'run'>,
  { save, now }: PublishTools,
): Promise<Refused | undefined> {
  const note = async (part: Omit<PostedPart, 'what' | 'at'>) => {
    run.record.posted = [
      ...run.record.posted.filter(one => one.what !== what),
      { what, at: now(), ...part },
    ];
    await save();
  };
  try {
    const outcome = await post();
    if (outcome !== undefined) {
      await note({ outcome });
    }
    return undefined;
  } catch (error) {
    const message = failureInWords(error);
    if (isForbiddenError(error) || isUnauthorizedError(error)) {
      await note({ outcome: 'refused', message });
      return { what, error };
    }
    await note({ outcome: 'failed', message });
    throw error;
  }
}

async function postReport(
  { run, posting, at }: Publication,
  { api, context }: PublishTools,
): Promise<PostedPart['outcome']> {
  const { report, annotations } = posting;
  const { published } = run;
  const hash = hashOf(JSON.stringify([report, annotations]));
  if (published.hashes.report === hash) {
    return 'unchanged';
  }
  const ids = annotations.map(({ id }) => id);
  if (published.annotations.some(id => !ids.includes(id))) {
    // Posting annotations adds and replaces, and never takes one away.
    await api.deleteReport(at, report.id, context);
    published.hashes = { status: published.hashes.status };
    published.annotations = [];
  }
  await withoutLinkIfRefused(withLink =>
    api.putReport(at, withLink ? report : unlinked(report), context),
  );
  // Whether a report that is replaced keeps its annotations is not documented.
  published.hashes = { status: published.hashes.status, report: hash };
  return 'posted';
}

/** Undefined where there are none, and none to be replaced. */
async function postAnnotations(
  { run, posting, at }: Publication,
  { api, context }: PublishTools,
): Promise<PostedPart['outcome'] | undefined> {
  const { report, annotations } = posting;
  const { published } = run;
  if (annotations.length === 0) {
    return undefined;
  }
  const hash = hashOf(JSON.stringify(annotations));
  if (published.hashes.annotations === hash) {
    return 'unchanged';
  }
  await api.putAnnotations(at, report.id, annotations, context);
  published.hashes.annotations = hash;
  published.annotations = annotations.map(({ id }) => id);
  return 'posted';
}

async function postStatus(
  { run, posting, at, pullRequestUrl }: Publication,
  { api, context }: PublishTools,
): Promise<PostedPart['outcome'] | undefined> {
  const { status } = posting;
  const { published } = run;
  if (!status) {
    return undefined;
  }
  const hash = hashOf(JSON.stringify(status));
  if (published.hashes.status === hash) {
    return 'unchanged';
  }
  const elsewhere: BuildStatus = { ...status, url: pullRequestUrl };
  await withoutLinkIfRefused(withLink =>
    api.putStatus(at, withLink ? status : elsewhere, context),
  );
  published.hashes.status = hash;
  published.hasFailed = !status.isPassed;
  return 'posted';
}

/** Does something once more without a link if the host does not take that. */
async function withoutLinkIfRefused(
  post: (withLink: boolean) => Promise<void>,
): Promise<void> {
  try {
    await post(true);
  } catch (error) {
    if (!isRefusedLinkError(error)) {
      throw error;
    }
    await post(false);
  }
}

function unlinked(report: Report): Report {
  return {
    ...report,
    link: undefined,
    values: report.values.filter(({ type }) => type !== 'link'),
  };
}
