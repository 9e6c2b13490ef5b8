import { Knex } from 'knex';

/**
 * What requests were sent for, and leases of work that only one replica may do at a
 * time.
 */
export const allowances: Knex.Migration = {
  async up(knex) {
    await knex.schema.alterTable('bitbucket_cloud__budget', table => {
      table.text('by_purpose').comment('JSON: requests by what they were for');
    });
    await knex.schema.createTable('bitbucket_cloud__leases', table => {
      table.comment('Work that one replica does at a time');
      table.string('name', 64).primary();
      table.string('holder', 64).notNullable().comment('The process, and try');
      table.bigInteger('expires_at').notNullable().comment('Since the epoch');
    });
  },

  async down(knex) {
    await knex.schema.dropTable('bitbucket_cloud__leases');
    await knex.schema.alterTable('bitbucket_cloud__budget', table => {
      table.dropColumn('by_purpose');
    });
  },
};
