import { Knex } from 'knex';
import { repositories } from './repositories';

/**
 * What is known of workspaces: their repositories, and the files of those.
 *
 * Times are milliseconds since the epoch, kept as doubles, since PostgreSQL's
 * big integers come back as text. Long texts are looked up by their SHA-256.
 */
export const workspaceIndex: Knex.Migration = {
  async up(knex) {
    await knex.schema.createTable(
      'bitbucket_cloud__repository_names',
      table => {
        table.comment('Repositories by the names they have, or had');
        table.string('full_name').primary().comment('workspace/repository');
        table.string('uuid').notNullable().comment('Outlives a rename');
        table.boolean('is_private').notNullable();
      },
    );
    await knex('bitbucket_cloud__repository_names').insert(
      knex('bitbucket_cloud__repositories').select(
        'full_name',
        'uuid',
        'is_private',
      ),
    );
    await knex.schema.dropTable('bitbucket_cloud__repositories');

    await knex.schema.createTable('bitbucket_cloud__scopes', table => {
      table.comment('Workspaces, as far as a query of the user shows them');
      table.string('scope').primary();
      table.string('workspace').notNullable();
      table.text('query');
      table.integer('version').notNullable().comment('Counts the changes');
      table.string('cursor').comment('The latest updated_on that was seen');
      table.double('refreshed_at').comment('Nothing up to then is missing');
    });

    await knex.schema.createTable('bitbucket_cloud__repositories', table => {
      table.comment('Repositories as Bitbucket last told of them');
      table.string('scope').notNullable();
      table.string('uuid').notNullable();
      table.string('full_name').notNullable();
      table.string('slug').notNullable();
      table.boolean('is_private').notNullable();
      table.boolean('is_fork').notNullable();
      table.string('project_key');
      table.text('main_branch');
      table.string('head').comment('Of the main branch; absent if not told');
      table.string('updated_on');
      table.integer('version').notNullable().comment('Of the last change');
      table.double('seen_at').notNullable();
      table.primary(['scope', 'uuid']);
      table.index(['scope', 'version']);
      table.index(['uuid']);
    });

    await knex.schema.createTable('bitbucket_cloud__listings', table => {
      table.comment('How far the full lists of repositories were read');
      table.string('id').primary();
      table.string('position').comment('The created_on to go on from');
      table.double('started_at').notNullable();
      table.double('resume_at').notNullable();
      table.double('complete_since').comment('Start of the last whole list');
    });

    await knex.schema.createTable('bitbucket_cloud__refs', table => {
      table.comment('Branches, tags and commits that files are known of');
      table.string('id').primary();
      table.string('full_name').notNullable().index();
      table.text('ref').notNullable();
      table.string('commit').comment('Absent where there is no such ref');
      table.string('updated_on').comment("The repository's, at that time");
      table.double('used_at').notNullable();
    });

    await knex.schema.createTable('bitbucket_cloud__files', table => {
      table.comment('Files at the commits of refs, missing ones included');
      table.string('ref_id').notNullable();
      table.string('path_id').notNullable();
      table.text('path').notNullable();
      table.boolean('exists').notNullable();
      table.string('content_hash').index();
      table.text('etag');
      table.primary(['ref_id', 'path_id']);
    });

    await knex.schema.createTable('bitbucket_cloud__answers', table => {
      table.comment('Which files at the commits of refs match a glob');
      table.string('ref_id').notNullable();
      table.string('question_id').notNullable();
      table.text('question').notNullable();
      table.text('paths').notNullable().comment('A JSON list');
      table.primary(['ref_id', 'question_id']);
    });

    await knex.schema.createTable('bitbucket_cloud__contents', table => {
      table.comment('What is in the files, each content once');
      table.string('hash').primary();
      table.binary('content').notNullable();
    });

    await knex.schema.createTable('bitbucket_cloud__providers', table => {
      table.comment('How far entity providers have come');
      table.string('provider').primary();
      table.string('settings').notNullable().comment('A hash of them');
      table.integer('version').notNullable().comment('Of the scope');
      table.double('complete_since').comment('Of the listing');
    });

    await knex.schema.createTable('bitbucket_cloud__told', table => {
      table.comment('What entity providers have told the catalog of');
      table.string('provider').notNullable();
      table.string('uuid').notNullable();
      table.text('files').notNullable().comment('JSON');
      table.primary(['provider', 'uuid']);
    });
  },

  async down(knex) {
    for (const table of [
      'told',
      'providers',
      'contents',
      'answers',
      'files',
      'refs',
      'listings',
      'repositories',
      'scopes',
    ]) {
      await knex.schema.dropTable(`bitbucket_cloud__${table}`);
    }
    await repositories.up(knex);
    await knex('bitbucket_cloud__repositories').insert(
      knex('bitbucket_cloud__repository_names').select(
        'full_name',
        'uuid',
        'is_private',
      ),
    );
    await knex.schema.dropTable('bitbucket_cloud__repository_names');
  },
};
