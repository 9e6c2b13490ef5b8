import { ANNOTATION_EDIT_URL, Entity } from '@backstage/catalog-model';
import {
  CatalogProcessor,
  DeferredEntity,
  LocationSpec,
  locationSpecToLocationEntity,
} from '@backstage/plugin-catalog-node';
import { LocatedFile, placeOf } from '../catalog-tables/EmittedLocation';
import { ScmHost } from '../scm/ScmHost';
import { Repository } from '../scm/types';
import { HEAD, ScmUrls } from '../scm/urls';
import { FoundFile } from './repositoryFiles';

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
    place: placeOf(fullName, ref, path),
    fullName,
    path,
    hash,
  };
}

/** The Location entity that stands for a catalog file. */
export function toLocation(
  { names, urls }: Pick<ScmHost, 'names' | 'urls'>,
  { target, fullName }: LocatedFile,
  locationKey: string,
): DeferredEntity {
  const entity = locationSpecToLocationEntity({
    location: { type: 'url', target, presence: 'required' },
  });
  const annotations = {
    ...entity.metadata.annotations,
    [names.repositoryUrlAnnotation]: urls.repository(fullName),
  };
  return {
    locationKey,
    entity: { ...entity, metadata: { ...entity.metadata, annotations } },
  };
}

/** Gives entities the link to edit their file where Backstage's own would be wrong. */
export class EditUrlProcessor implements CatalogProcessor {
  readonly #host: Pick<ScmHost, 'id' | 'urls'>;

  constructor(host: Pick<ScmHost, 'id' | 'urls'>) {
    this.#host = host;
  }

  /** One for each host, since the catalog tells processors apart by their names. */
  getProcessorName(): string {
    return `BitbucketEditUrlProcessor:${this.#host.id}`;
  }

  /** Before Backstage's, which leaves alone what is there. */
  getPriority(): number {
    return 10;
  }

  async preProcessEntity(
    entity: Entity,
    { type, target }: LocationSpec,
  ): Promise<Entity> {
    const { annotations = {} } = entity.metadata;
    const editUrl = type === 'url' ? this.#host.urls.edit(target) : undefined;
    if (editUrl === undefined || annotations[ANNOTATION_EDIT_URL]) {
      return entity;
    }
    return {
      ...entity,
      metadata: {
        ...entity.metadata,
        annotations: { ...annotations, [ANNOTATION_EDIT_URL]: editUrl },
      },
    };
  }
}
