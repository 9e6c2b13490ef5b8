import { Knex } from 'knex';

const CONTENTS = 'bitbucket_cloud__contents';
const NAMES = 'bitbucket_cloud__repository_names';
const REPOSITORIES = 'bitbucket_cloud__repositories';
const URLS = 'bitbucket_cloud__urls';

/** What pruning goes by, and the URLs that the catalog reads, by repository. */
export const upkeep: Knex.Migration = {
  async up(knex) {
    await knex.schema.alterTable(CONTENTS, table => {
      table.double('saved_at').comment('When a file was last found to have it');
    });
    await knex.schema.alterTable(NAMES, table => {
      table
        .double('unlisted_since')
        .comment('When its repository was first missing from the index');
      table.index(['uuid']);
    });
    await knex.schema.alterTable(REPOSITORIES, table => {
      table.index(['full_name']);
    });
    await knex.schema.createTable(URLS, table => {
      table.comment('URLs that the catalog reads, by repository');
      table.string('key').primary().comment("The catalog's refresh key");
      table.text('full_name').notNullable().comment('workspace/repository');
      table.text('url').notNullable().comment('As it was written');
      table.double('read_at').notNullable();
      table.index(['full_name']);
    });
  },

  async down(knex) {
    await knex.schema.dropTable(URLS);
    await knex.schema.alterTable(REPOSITORIES, table => {
      table.dropIndex(['full_name']);
    });
    await knex.schema.alterTable(NAMES, table => {
      table.dropIndex(['uuid']);
      table.dropColumn('unlisted_since');
    });
    await knex.schema.alterTable(CONTENTS, table => {
      table.dropColumn('saved_at');
    });
  },
};
