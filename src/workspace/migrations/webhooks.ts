import { Knex } from 'knex';

/** Webhooks that this module made or put in order. */
export const webhooks: Knex.Migration = {
  async up(knex) {
    await knex.schema.createTable('bitbucket_cloud__webhooks', table => {
      table.comment('Webhooks of workspaces that deliver to this backend');
      table.string('uuid').primary();
      table.string('workspace').notNullable().comment('As it is configured');
      table.text('url').notNullable().comment('As it is configured');
      table.boolean('is_own').notNullable().comment('Whether it was made here');
      table.string('secret').notNullable().comment('A salted hash of its own');
    });
  },

  async down(knex) {
    await knex.schema.dropTable('bitbucket_cloud__webhooks');
  },
};
