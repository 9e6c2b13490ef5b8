import { toError } from '@backstage/errors';
import { BitbucketClient } from '../bitbucket';

/** Whether a workspace can be read, and with what. */
export type Access = {
  /** Milliseconds since the epoch. */
  checkedAt: number;
  isGranted: boolean;
  /** One line that says what to mend where it is not. Holds no secret. */
  message: string;
};

/** Asks for one repository of a workspace. One request; never rejects. */
export async function checkAccess(
  client: BitbucketClient,
  workspace: string,
  signal: AbortSignal,
): Promise<Access> {
  const one = { pagelen: 1 };
  try {
    const pages = client.listRepositories(workspace, one, { signal });
    for await (const page of pages) {
      if (page.length > 0) {
        return granted(client, workspace);
      }
    }
    return refused(
      client,
      workspace,
      'it shows no repository. Give the credential access to its repositories, unless there are none',
    );
  } catch (error) {
    return refused(client, workspace, toError(error).message);
  }
}

/** That a workspace was read. */
export function granted(client: BitbucketClient, workspace: string): Access {
  return {
    checkedAt: Date.now(),
    isGranted: true,
    message: `Workspace ${workspace} can be read (${credentialOf(client)})`,
  };
}

/** That a workspace could not be read, and why. */
export function refused(
  client: BitbucketClient,
  workspace: string,
  why: string,
): Access {
  return {
    checkedAt: Date.now(),
    isGranted: false,
    message: `Workspace ${workspace} cannot be read (${credentialOf(
      client,
    )}): ${why}`,
  };
}

function credentialOf({ credential }: BitbucketClient): string {
  return credential.kind === 'anonymous'
    ? 'anonymous requests'
    : credential.label;
}
