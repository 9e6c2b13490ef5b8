import { Knex } from 'knex';

/** What became of the last walks, and which removals are held back. */
export const walks: Knex.Migration = {
  async up(knex) {
    await knex.schema.createTable('bitbucket_cloud__walks', table => {
      table.comment('The last walk of each entity provider');
      table.string('provider').primary();
      table.double('started_at').notNullable();
      table.double('ended_at').notNullable();
      table.string('result').notNullable().comment('finished, rested, failed');
      table.text('message').notNullable().comment('As in the log');
      table.integer('requests').notNullable().comment('To Bitbucket');
      table.integer('repositories').comment('In the last whole list');
    });

    await knex.schema.createTable('bitbucket_cloud__holds', table => {
      table.comment('Removals that entity providers hold back');
      table.string('provider').primary();
      table.double('held_at').notNullable();
      table.text('reason').notNullable().comment('As in the log');
      table.text('targets').notNullable().comment('A JSON list');
      table.text('approved').comment('Targets that may go, as a JSON list');
    });
  },

  async down(knex) {
    await knex.schema.dropTable('bitbucket_cloud__holds');
    await knex.schema.dropTable('bitbucket_cloud__walks');
  },
};
