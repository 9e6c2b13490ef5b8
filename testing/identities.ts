import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { TestBackend } from './backend';

/** Shows whether an entity is the same one, and has the same content. */
export type Identity = { uid?: string; etag?: string };

/** The identity of everything in a catalog, by entity reference. */
export async function identities(
  backend: TestBackend,
): Promise<Record<string, Identity>> {
  const answer = await backend.get('entities');
  const entities = (await answer.json()) as Entity[];
  return Object.fromEntries(
    entities.map(entity => {
      const { uid, etag } = entity.metadata;
      return [stringifyEntityRef(entity), { uid, etag }];
    }),
  );
}
