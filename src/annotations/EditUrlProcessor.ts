import { ANNOTATION_EDIT_URL, Entity } from '@backstage/catalog-model';
import { CatalogProcessor, LocationSpec } from '@backstage/plugin-catalog-node';
import { isBitbucketCloudUrl, parseUrl, toFileUrl } from '../urls';

/**
 * Gives entities the link to edit their file where Backstage's own would be wrong:
 * it cuts the name of a branch at its first slash.
 */
export class EditUrlProcessor implements CatalogProcessor {
  getProcessorName(): string {
    return 'BitbucketCloudEditUrlProcessor';
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
    const editUrl = type === 'url' ? editUrlOf(target) : undefined;
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

/** Undefined where Backstage gets it right. */
function editUrlOf(target: string): string | undefined {
  if (!URL.canParse(target) || !isBitbucketCloudUrl(new URL(target))) {
    return undefined;
  }
  const { workspace, repository, segments, at } = parseUrl(target);
  const [branch = '', ...path] =
    at === undefined ? segments : [at, ...segments];
  if (!branch.includes('/')) {
    return undefined;
  }
  const url = toFileUrl(`${workspace}/${repository}`, branch, path.join('/'));
  return `${url}?mode=edit&at=${encodeURIComponent(branch)}`;
}
