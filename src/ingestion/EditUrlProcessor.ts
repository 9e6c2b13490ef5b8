import { ANNOTATION_EDIT_URL, Entity } from '@backstage/catalog-model';
import { CatalogProcessor, LocationSpec } from '@backstage/plugin-catalog-node';
import { ScmUrls } from '../scm/urls';

/** Gives entities the link to edit their file where Backstage's own would be wrong. */
export class EditUrlProcessor implements CatalogProcessor {
  readonly #urls: ScmUrls;

  constructor(urls: ScmUrls) {
    this.#urls = urls;
  }

  getProcessorName(): string {
    return 'BitbucketEditUrlProcessor';
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
    const editUrl = type === 'url' ? this.#urls.edit(target) : undefined;
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
