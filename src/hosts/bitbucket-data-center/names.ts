import { ScmNames } from '../../scm/names';
import { InRepository } from '../../scm/types';

/**
 * What an instance and its parts are called.
 *
 * @param host - as it is configured, such as `git.example.com`
 * @param integrationKey - such as `integrations.bitbucketServer[0]`
 */
export function dataCenterNames(
  host: string,
  integrationKey: string,
): ScmNames {
  return {
    product: `Bitbucket Data Center at ${host}`,
    workspaceKind: 'instance',
    example: { workspace: host, slug: 'PAY/api' },
    // Those of the stock module, so that a catalog carries over.
    provider: id => `bitbucketServer-provider:${id}`,
    // The name of an annotation cannot hold a port.
    repositoryUrlAnnotation: `${host.split(':')[0]}/repo-url`,
    configKeys: {
      integration: integrationKey,
      providers: 'catalog.providers.bitbucketServer',
      webhookSecret: 'events.modules.bitbucketServer.webhookSecret',
    },
  };
}

/** A repository as URLs have it: `PAY` or `~jane`, and its slug. */
export type RepositoryPlace = { projectKey: string; slug: string };

/** The full name of a repository, such as `git.example.com/PAY/api`. */
export function toFullName(
  host: string,
  { projectKey, slug }: RepositoryPlace,
): string {
  return `${host}/${projectKey}/${slug}`;
}

/** Takes a full name apart; a host may have a port, and no slash. */
export function toPlace({ fullName }: InRepository): RepositoryPlace & {
  host: string;
} {
  const [host = '', projectKey = '', slug = ''] = fullName.split('/');
  return { host, projectKey, slug };
}

const TAG = 'refs/tags/';

/** Whether the name of a ref is that of a tag, written in full. */
export const isTag = (ref: string): boolean => ref.startsWith(TAG);

/** The tag that a ref names in full. */
export const tagOf = (ref: string): string => ref.slice(TAG.length);

/** What outlives renames and moves: the number of a repository, which no other host has. */
export function toUuid(host: string, id: number): string {
  return `${host}#${id}`;
}
