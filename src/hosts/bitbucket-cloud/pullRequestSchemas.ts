import { z } from 'zod';
import { FULL_NAME, HASH, inOneLine, isRefName, UUID } from '../../lib/text';
import { PullRequest, PullRequestSide } from '../../scm/pullRequests';

/** Characters of a title that are kept. */
const MAX_TITLE = 1_000;

/** The largest number that every database stores; no repository has as many. */
const MAX_NUMBER = 2_147_483_647;

/** Shorter ones name no commit; see `isSameCommit`. */
const MIN_HASH = 7;

const STATES = {
  OPEN: 'open',
  MERGED: 'merged',
  DECLINED: 'declined',
  SUPERSEDED: 'declined',
} as const;

const sideSchema = z.object({
  branch: z.object({ name: z.string().refine(isRefName) }),
  commit: z.object({ hash: z.string().min(MIN_HASH).regex(HASH) }).nullish(),
  repository: z
    .object({
      uuid: z.string().regex(UUID).nullish(),
      full_name: z.string().regex(FULL_NAME).nullish(),
    })
    .nullish(),
});

/**
 * A pull request, of a response as of a delivery. Anyone may write a title and name a
 * branch, and strangers may send a delivery, so every string is checked or cut.
 */
export const pullRequestSchema = z
  .object({
    id: z.number().int().min(1).max(MAX_NUMBER),
    title: z.string(),
    state: z.enum(['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED']),
    // Bitbucket had pull requests before it had drafts.
    draft: z.boolean().nullish(),
    updated_on: z.string().nullish(),
    source: sideSchema,
    destination: sideSchema,
  })
  .transform((row, context): PullRequest => {
    const { source, destination } = row;
    const state = STATES[row.state];
    for (const [name, { commit }] of Object.entries({ source, destination })) {
      if (state === 'open' && !commit) {
        context.addIssue({
          code: 'custom',
          path: [name, 'commit'],
          message: 'an open pull request has a commit',
        });
      }
    }
    return {
      number: row.id,
      title: inOneLine(row.title.slice(0, MAX_TITLE)),
      state,
      isDraft: row.draft ?? false,
      ...updateTime(row.updated_on),
      source: toSide(source),
      destination: toSide(destination),
    };
  });

function updateTime(updatedOn: string | null | undefined) {
  const updatedAt = Date.parse(updatedOn ?? '');
  return Number.isNaN(updatedAt) ? {} : { updatedAt };
}

function toSide({
  branch,
  commit,
  repository,
}: z.infer<typeof sideSchema>): PullRequestSide {
  const { uuid, full_name: fullName } = repository ?? {};
  return {
    branch: branch.name,
    commit: commit?.hash.toLowerCase() ?? '',
    ...(uuid && fullName
      ? { repository: { uuid, fullName: fullName.toLowerCase() } }
      : {}),
  };
}

const SIDE_FIELDS = [
  'branch.name',
  'commit.hash',
  'repository.uuid',
  'repository.full_name',
];

export const PULL_REQUEST_FIELDS = [
  'id',
  'title',
  'state',
  'draft',
  'updated_on',
  ...SIDE_FIELDS.map(field => `source.${field}`),
  ...SIDE_FIELDS.map(field => `destination.${field}`),
];
