import {
  DeferredEntity,
  locationSpecToLocationEntity,
} from '@backstage/plugin-catalog-node';
import { CatalogFile } from '../discovery';
import { toFileUrl, toRepositoryUrl } from '../reader';

/** The web address of the repository that a Location comes from. */
export const ANNOTATION_REPO_URL = 'bitbucket.org/repo-url';

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
    [ANNOTATION_REPO_URL]: toRepositoryUrl(file.repository.fullName),
  };
  return {
    locationKey,
    entity: { ...entity, metadata: { ...entity.metadata, annotations } },
  };
}
