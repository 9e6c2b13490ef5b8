import { InputError, NotFoundError } from '@backstage/errors';
import { z } from 'zod';
import { ForgetRequest, Forgotten, WorkspaceIndex } from '../workspace';

const NAME = /^[\w.{}-]{1,100}$/;

const forgetSchema = z.object({
  workspace: z.string().regex(NAME),
  repository: z.string().regex(NAME).optional(),
});

/**
 * What a request asks to forget: `{ "workspace": "acme", "repository": "shop" }`,
 * of which the repository may be left out.
 *
 * @throws InputError
 */
export function readForgetRequest(body: unknown): ForgetRequest {
  const { data } = forgetSchema.safeParse(body);
  if (!data) {
    throw new InputError(
      'The body must be JSON such as { "workspace": "acme", "repository": "shop" }, with the names from the URL of the repository, or { "workspace": "acme" } for the whole workspace',
    );
  }
  return data;
}

/**
 * Drops what is cached.
 *
 * @param workspaces - of the providers
 * @throws NotFoundError where nothing is known of the workspace
 */
export async function forgetCached(
  index: Pick<WorkspaceIndex, 'forget'>,
  request: ForgetRequest,
  workspaces: string[],
): Promise<Forgotten> {
  const forgotten = await index.forget(request);
  const isConfigured = workspaces.some(
    workspace => workspace.toLowerCase() === request.workspace.toLowerCase(),
  );
  if (!forgotten && !isConfigured) {
    const known = [...new Set(workspaces)].sort().join(', ') || 'none';
    throw new NotFoundError(
      `Nothing is cached of workspace ${request.workspace}. Workspaces of catalog.providers.bitbucketCloud: ${known}`,
    );
  }
  return forgotten ?? NOTHING;
}

const NOTHING: Forgotten = {
  repositories: 0,
  refs: 0,
  files: 0,
  globResults: 0,
  folders: 0,
  failures: 0,
  repositoryLists: 0,
};
