import { ANNOTATION_EDIT_URL, Entity } from '@backstage/catalog-model';
import { CatalogProcessor, LocationSpec } from '@backstage/plugin-catalog-node';
import {
  isBitbucketCloudUrl,
  parseUrl,
} from '../hosts/bitbucket-cloud/urls/parse';
import { toFileUrl } from '../hosts/bitbucket-cloud/urls/urls';

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

/** Undefined where Backstage gets it right, and for what is not a file. */
function editUrlOf(target: string): string | undefined {
  const place = placeOf(target);
  if (!place?.branch.includes('/')) {
    return undefined;
  }
  const { fullName, branch, path } = place;
  return `${toFileUrl(fullName, branch, path)}?mode=edit&at=${encodeURIComponent(branch)}`;
}

function placeOf(target: string) {
  try {
    if (!isBitbucketCloudUrl(new URL(target))) {
      return undefined;
    }
    const { workspace, repository, segments, at } = parseUrl(target);
    const [branch = '', ...path] =
      at === undefined ? segments : [at, ...segments];
    return {
      fullName: `${workspace}/${repository}`,
      branch,
      path: path.join('/'),
    };
  } catch {
    // What is wrong with a URL, the reader says.
    return undefined;
  }
}
