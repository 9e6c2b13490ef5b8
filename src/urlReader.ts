import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import { BitbucketCloudUrlReader, TreeResponseFactory } from './reader';
import { bitbucketCloudServiceRef } from './sharedService';
import { isBitbucketCloudUrl } from './urls';

type UrlReaderFactory = (options: {
  treeResponseFactory: TreeResponseFactory;
}) => Array<{ predicate: (url: URL) => boolean; reader: UrlReaderService }>;

/**
 * The list of reader factories that `coreServices.urlReader` is made of, by the
 * id that `@backstage/backend-defaults/urlReader` gives it. A factory that the
 * user adds comes before this module's, the built-in ones after.
 */
const urlReaderFactoriesServiceRef = createServiceRef<UrlReaderFactory>({
  id: 'core.urlReader.factories',
  scope: 'plugin',
  multiton: true,
});

/**
 * Answers for bitbucket.org in the catalog. Every plugin that reads URLs asks
 * for these factories; the others keep the built-in reader.
 */
export const bitbucketCloudUrlReaderFactory = createServiceFactory({
  service: urlReaderFactoriesServiceRef,
  deps: {
    plugin: coreServices.pluginMetadata,
    shared: bitbucketCloudServiceRef,
  },
  factory({ plugin, shared }) {
    return ({ treeResponseFactory }) =>
      plugin.getId() === 'catalog'
        ? [
            {
              predicate: isBitbucketCloudUrl,
              reader: new BitbucketCloudUrlReader(shared, treeResponseFactory),
            },
          ]
        : [];
  },
});
