import {
  DeferredEntity,
  locationSpecToLocationEntity,
} from '@backstage/plugin-catalog-node';
import { LocatedFile } from '../catalog-tables/EmittedLocation';
import { Repository } from '../scm/types';
import { HEAD, ScmUrls } from '../scm/urls';
import { FoundFile } from './repositoryFiles';

/**
 * The annotation of a Location that holds the web address of its repository:
 * `https://bitbucket.org/acme/shop`.
 *
 * @public
 */
export const ANNOTATION_BITBUCKET_CLOUD_REPO_URL = 'bitbucket.org/repo-url';

/**
 * The longest URL that Backstage takes for one of a file; the catalog drops others
 * without a word. https://github.com/IonicaBizau/git-url-parse
 */
const MAX_URL_LENGTH = 2_048;

/** Whether nothing can come of a file, since its URL is too long. */
export function isTooLong({ target }: LocatedFile): boolean {
  return target.length > MAX_URL_LENGTH;
}

/** What a walk found, as the catalog is to have it. */
export function locate(
  urls: Pick<ScmUrls, 'file' | 'refPlace'>,
  { fullName, mainBranch }: Pick<Repository, 'fullName' | 'mainBranch'>,
  branch: string,
  { path, hash }: FoundFile,
): LocatedFile {
  const isLeftOut = urls.refPlace === 'query' && branch === mainBranch?.name;
  const ref = isLeftOut ? HEAD : branch;
  return {
    target: urls.file(fullName, ref, path),
    place: `${fullName}/${ref}/${path}`,
    fullName,
    path,
    hash,
  };
}

/**
 * The Location entity that stands for a catalog file. Name, annotation and
 * location key are those of
 * `@backstage/plugin-catalog-backend-module-bitbucket-cloud`, so that a catalog
 * that it has filled carries over.
 */
export function toLocation(
  urls: Pick<ScmUrls, 'repository'>,
  { target, fullName }: LocatedFile,
  locationKey: string,
): DeferredEntity {
  const entity = locationSpecToLocationEntity({
    location: { type: 'url', target, presence: 'required' },
  });
  const annotations = {
    ...entity.metadata.annotations,
    [ANNOTATION_BITBUCKET_CLOUD_REPO_URL]: urls.repository(fullName),
  };
  return {
    locationKey,
    entity: { ...entity, metadata: { ...entity.metadata, annotations } },
  };
}
