import { z } from 'zod';
import { inOneLine, isRefName } from '../../lib/text';
import { PullRequest, PullRequestSide } from '../../scm/pullRequests';
import { toFullName, toUuid } from './names';

/** The largest number that every database stores. */
export const MAX_NUMBER = 2_147_483_647;

/** Characters of a title that are kept. */
const MAX_TITLE = 1_000;

/** `PAY`, or `~jane` for a person's own. */
export const PROJECT_KEY = /^(?:[A-Za-z][\w-]{0,127}|~[\w.@-]{1,127})$/;

const SLUG = /^(?!\.{1,2}$)[\w.-]{1,128}$/;

/** In full; Data Center never shortens one. */
export const FULL_HASH = /^[0-9a-f]{40}$/i;

/** The repository of a delivery or of a pull request, and what it is called here. */
export const repositoryOf = (host: string) =>
  z
    .object({
      id: z.number().int().min(1).max(MAX_NUMBER),
      slug: z.string().regex(SLUG),
      project: z.object({ key: z.string().regex(PROJECT_KEY) }),
    })
    .transform(({ id, slug, project }) => ({
      uuid: toUuid(host, id),
      fullName: toFullName(host, {
        projectKey: project.key,
        slug,
      }).toLowerCase(),
    }));

/** A pull request may come from a tag, too, and always goes into a branch. */
const REF = /^refs\/(?:heads|tags)\/(.+)$/;

/** The name in `refs/heads/main`, if it is one. */
export function branchOf(ref: string): string | undefined {
  const [, name = ''] = /^refs\/heads\/(.+)$/s.exec(ref) ?? [];
  return isRefName(name) ? name : undefined;
}

const sideOf = (host: string) =>
  z
    .object({
      id: z.string().refine(id => isRefName(REF.exec(id)?.[1] ?? '')),
      latestCommit: z.string().regex(FULL_HASH).nullish(),
      repository: repositoryOf(host).nullish(),
    })
    .transform(({ id, latestCommit, repository }): PullRequestSide => ({
      branch: REF.exec(id)?.[1] ?? '',
      commit: latestCommit?.toLowerCase() ?? '',
      ...(repository ? { repository } : {}),
    }));

const STATES = {
  OPEN: 'open',
  MERGED: 'merged',
  DECLINED: 'declined',
  // As some versions deliver it.
  DELETED: 'declined',
} as const;

/**
 * A pull request, of a response as of a delivery. Anyone may write a title and name a
 * branch, and strangers may send a delivery, so every string is checked or cut.
 *
 * @param host - that it is on
 */
export const pullRequestOf = (host: string) =>
  z
    .object({
      id: z.number().int().min(1).max(MAX_NUMBER),
      title: z.string(),
      state: z.enum(['OPEN', 'MERGED', 'DECLINED', 'DELETED']),
      // There were pull requests before there were drafts.
      draft: z.boolean().nullish(),
      updatedDate: z.number().nullish(),
      fromRef: sideOf(host),
      toRef: sideOf(host),
    })
    .transform((row, context): PullRequest => {
      const state = STATES[row.state];
      for (const name of ['fromRef', 'toRef'] as const) {
        if (state === 'open' && row[name].commit === '') {
          context.addIssue({
            code: 'custom',
            path: [name, 'latestCommit'],
            message: 'an open pull request has a commit',
          });
        }
      }
      return {
        number: row.id,
        title: inOneLine(row.title.slice(0, MAX_TITLE)),
        state,
        isDraft: row.draft ?? false,
        ...(typeof row.updatedDate === 'number' && {
          updatedAt: row.updatedDate,
        }),
        source: row.fromRef,
        destination: row.toRef,
      };
    });
