import {
  DeferredEntity,
  locationSpecToLocationEntity,
} from '@backstage/plugin-catalog-node';
import { CatalogFile } from '../discovery';
import { toFileUrl, toRepositoryUrl } from '../reader';

/**
 * The annotation of a Location that holds the web address of its repository:
 * `https://bitbucket.org/acme/shop`.
 *
 * @public
 */
export const ANNOTATION_BITBUCKET_CLOUD_REPO_URL = 'bitbucket.org/repo-url';

/** The target of the Location that stands for a catalog file. */
export function toTarget({ repository, branch, path }: CatalogFile): string {
  return toFileUrl(repository.fullName, branch, path);
}

/**
 * The Location entity that stands for a catalog file. Name, annotation and
 * location key are those of
 * `@backstage/plugin-catalog-backend-module-bitbucket-cloud`, so that a catalog
 * that it has filled carries over.
 */
export function toLocation(
  file: CatalogFile,
  locationKey: string,
): DeferredEntity {
  const entity = locationSpecToLocationEntity({
    location: { type: 'url', target: toTarget(file), presence: 'required' },
  });
  const annotations = {
    ...entity.metadata.annotations,
    [ANNOTATION_BITBUCKET_CLOUD_REPO_URL]: toRepositoryUrl(
      file.repository.fullName,
    ),
  };
  return {
    locationKey,
    entity: { ...entity, metadata: { ...entity.metadata, annotations } },
  };
}
