import { Knex } from 'knex';

/** What each process has sent to Bitbucket Cloud within the last hour. */
export const budget: Knex.Migration = {
  async up(knex) {
    await knex.schema.createTable('bitbucket_cloud__budget', table => {
      table.comment('Requests to Bitbucket Cloud of the last hour');
      table.string('credential', 64).comment('Its name, which is no secret');
      table.string('instance', 64).comment('The process that counts');
      table.string('cost_class', 64).comment('What Bitbucket counts apart');
      table.integer('minute').comment('Since the epoch');
      table.integer('requests').notNullable();
      table.integer('requests_per_hour').comment("Bitbucket's limit, if named");
      table.primary(['credential', 'instance', 'cost_class', 'minute']);
    });
  },

  async down(knex) {
    await knex.schema.dropTable('bitbucket_cloud__budget');
  },
};
