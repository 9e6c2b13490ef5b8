import { Knex } from 'knex';

/**
 * One row for each Location that an entity provider has emitted, so that a walk
 * can compare them with the catalog's tables in one statement, and one row for
 * each provider with what it has removed since the last full list.
 *
 * The next walk compares everything, so that nothing is carried over from the
 * table that this one replaces.
 */
export const emitted: Knex.Migration = {
  async up(knex) {
    await knex.schema.dropTable('bitbucket_cloud__told');
    await knex('bitbucket_cloud__providers').delete();
    await knex.schema.createTable('bitbucket_cloud__emitted', table => {
      table.comment('Locations that entity providers have emitted');
      table.string('provider').notNullable();
      table.string('entity_ref').notNullable();
      table.string('uuid').notNullable().comment('Of the repository, if known');
      table.text('target').notNullable();
      table.text('path').notNullable().comment('Within the repository');
      table.string('content_hash').comment('When it was emitted, if known');
      table
        .double('missing_since')
        .comment(
          'When the file was first not found; absent for files that exist',
        );
      table
        .double('tried_at')
        .comment('When it was last tried to confirm that the file is missing');
      table.primary(['provider', 'entity_ref']);
      table.index(['provider', 'uuid']);
      table.index(['uuid']);
      table.index(['entity_ref']);
    });
    await knex.schema.createTable('bitbucket_cloud__removals', table => {
      table.comment(
        'What entity providers have removed since the last full list',
      );
      table.string('provider').primary();
      table.double('list_since').comment('Start of that list');
      table.integer('locations').notNullable();
      table.integer('repositories').notNullable();
    });
    await knex.schema.alterTable('bitbucket_cloud__scopes', table => {
      table
        .double('negatives_at')
        .comment('Up to when re-checks of missing results are counted');
      table
        .double('positives_at')
        .comment('Up to when re-checks of other results are counted');
    });
    for (const name of ['files', 'answers', 'refs']) {
      await knex.schema.alterTable(`bitbucket_cloud__${name}`, table => {
        table
          .double('checked_at')
          .comment('When Bitbucket last said so')
          .index();
      });
    }
  },

  async down(knex) {
    for (const name of ['files', 'answers', 'refs']) {
      await knex.schema.alterTable(`bitbucket_cloud__${name}`, table => {
        table.dropColumn('checked_at');
      });
    }
    await knex.schema.alterTable('bitbucket_cloud__scopes', table => {
      table.dropColumns('negatives_at', 'positives_at');
    });
    await knex.schema.dropTable('bitbucket_cloud__removals');
    await knex.schema.dropTable('bitbucket_cloud__emitted');
    await knex.schema.createTable('bitbucket_cloud__told', table => {
      table.string('provider').notNullable();
      table.string('uuid').notNullable();
      table.text('files').notNullable();
      table.primary(['provider', 'uuid']);
    });
    await knex('bitbucket_cloud__providers').delete();
  },
};
