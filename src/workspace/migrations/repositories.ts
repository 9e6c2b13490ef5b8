import { Knex } from 'knex';

/** Which repository has, or last had, a name. */
export const repositories: Knex.Migration = {
  async up(knex) {
    await knex.schema.createTable('bitbucket_cloud__repositories', table => {
      table.comment('Repositories of Bitbucket Cloud, by the names they had');
      table.string('full_name').primary().comment('workspace/repository');
      table.string('uuid').notNullable().comment('Outlives a rename');
      table.boolean('is_private').notNullable();
    });
  },

  async down(knex) {
    await knex.schema.dropTable('bitbucket_cloud__repositories');
  },
};
