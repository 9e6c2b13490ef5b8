import { Knex } from 'knex';

/** Whether deliveries of webhooks come. */
export const deliveries: Knex.Migration = {
  async up(knex) {
    await knex.schema.createTable('bitbucket_cloud__deliveries', table => {
      table.comment('Deliveries of webhooks, for each entity provider');
      table.string('provider').primary();
      table.double('heard_at').comment('When the last one came');
      table
        .double('missed_at')
        .comment('When a walk first found what none has told of since');
      table.integer('misses').notNullable().comment('Such walks since');
    });
  },

  async down(knex) {
    await knex.schema.dropTable('bitbucket_cloud__deliveries');
  },
};
