import { ScmNames } from '../../scm/names';
import { InRepository } from '../../scm/types';

/**
 * The annotation of a Location that holds the web address of its repository:
 * `https://bitbucket.org/acme/shop`.
 *
 * @public
 */
export const ANNOTATION_BITBUCKET_CLOUD_REPO_URL = 'bitbucket.org/repo-url';

/**
 * Providers and annotation are called as in
 * `@backstage/plugin-catalog-backend-module-bitbucket-cloud`, so that a catalog that it
 * has filled carries over.
 */
export const bitbucketCloudNames: ScmNames = {
  product: 'Bitbucket Cloud',
  workspaceKind: 'workspace',
  example: { workspace: 'acme', slug: 'shop' },
  provider: id => `bitbucketCloud-provider:${id}`,
  repositoryUrlAnnotation: ANNOTATION_BITBUCKET_CLOUD_REPO_URL,
  configKeys: {
    integration: 'integrations.bitbucketCloud[0]',
    providers: 'catalog.providers.bitbucketCloud',
    webhookSecret: 'events.modules.bitbucketCloud.webhookSecret',
  },
};

/** A repository in the REST API. */
export type Place = readonly [workspace: string, slug: string];

/** `workspace/repository`: neither name holds a slash. */
export function toPlace({ fullName }: InRepository): Place {
  const [workspace, slug] = fullName.split('/');
  return [workspace, slug];
}
