import { locationSpecToLocationEntity } from '@backstage/plugin-catalog-node';
import { WorkspaceIndex } from '../../src/mirror/WorkspaceIndex';
import { createCatalogTables } from '../catalog-tables';

/** Notes in the database of an index that the catalog failed to read a URL. */
export async function addBrokenLocation(
  { open }: WorkspaceIndex,
  target: string,
): Promise<void> {
  const knex = await open();
  if (!(await knex.schema.hasTable('refresh_state'))) {
    await createCatalogTables(knex);
  }
  const location = { type: 'url', target };
  const { name } = locationSpecToLocationEntity({ location }).metadata;
  await knex('refresh_state').insert({
    entity_id: name,
    entity_ref: `location:default/${name}`,
    errors: '[{"name":"NotFoundError"}]',
  });
}
