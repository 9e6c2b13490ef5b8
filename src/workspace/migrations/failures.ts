import { Knex } from 'knex';

/** Which requests to repositories keep failing, and how far unfinished listings have come. */
export const failures: Knex.Migration = {
  async up(knex) {
    await knex.schema.createTable('bitbucket_cloud__failures', table => {
      table.comment('Requests that fail for single repositories');
      table.string('uuid').notNullable().comment('Of the repository');
      table.string('question_id').notNullable();
      table.text('question').notNullable().comment('What was asked of it');
      table.text('stamp').notNullable().comment('Its state at that time');
      table.double('since').notNullable().comment('The first failure in a row');
      table.double('failed_at').notNullable().comment('The last failure');
      table.integer('attempts').notNullable().comment('Failures in a row');
      table.double('retry_at').notNullable();
      table.text('message').notNullable();
      table.boolean('is_announced').notNullable().comment('Is in the log');
      table.primary(['uuid', 'question_id']);
    });

    await knex.schema.createTable('bitbucket_cloud__folders', table => {
      table.comment('Folders that an unfinished listing has been through');
      table.string('ref_id').notNullable();
      table.string('question_id').notNullable();
      table.string('folder_id').notNullable();
      table.string('commit').notNullable();
      table.text('folder').notNullable();
      table.text('files').notNullable().comment('Matching paths, a JSON list');
      table.text('folders').comment('To list one by one, as a JSON list');
      table.double('listed_at').notNullable();
      table.primary(['ref_id', 'question_id', 'folder_id']);
    });
  },

  async down(knex) {
    await knex.schema.dropTable('bitbucket_cloud__folders');
    await knex.schema.dropTable('bitbucket_cloud__failures');
  },
};
