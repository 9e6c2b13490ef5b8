import { Knex } from 'knex';
import { createPullRequests, createShared } from './sharedTables';

/**
 * The tables of this module, in the catalog's database.
 *
 * Times are milliseconds since the epoch, kept as doubles, since PostgreSQL's big
 * integers come back as text. Long texts are looked up by their SHA-256.
 */
const initial: Knex.Migration = {
  async up(knex) {
    await createMirror(knex);
    await createUpkeep(knex);
    await createIngestion(knex);
    await createPullRequests(knex);
    await createShared(knex);
  },

  async down(knex) {
    for (const name of TABLES) {
      await knex.schema.dropTable(`bitbucket__${name}`);
    }
  },
};

const TABLES = [
  'selections',
  'repositories',
  'repository_names',
  'listings',
  'refs',
  'files',
  'glob_results',
  'folders',
  'contents',
  'urls',
  'failures',
  'providers',
  'emitted',
  'removals',
  'holds',
  'walks',
  'pull_requests',
  'runs',
  'deliveries',
  'webhooks',
  'budget',
  'paces',
  'leases',
];

/** Repositories, refs and files as Bitbucket last described them. */
async function createMirror(knex: Knex): Promise<void> {
  await knex.schema.createTable('bitbucket__selections', table => {
    table.comment('Workspaces, as far as a query of the user shows them');
    table.string('id').primary();
    table.string('host').notNullable().comment('Whose workspace it is');
    table.string('workspace').notNullable();
    table.text('query');
    table.integer('version').notNullable().comment('Counts the changes');
    table.string('cursor').comment('The latest updated_on that was seen');
    table.double('refreshed_at').comment('Nothing up to then is missing');
    table
      .double('negatives_at')
      .comment('Up to when re-checks of missing results are counted');
    table.double('heads_at').comment('Likewise, of heads of branches');
    table
      .double('positives_at')
      .comment('Up to when re-checks of other results are counted');
  });

  await knex.schema.createTable('bitbucket__repositories', table => {
    table.comment('Repositories as Bitbucket last described them');
    table.string('selection_id').notNullable();
    table.string('uuid').notNullable();
    table.string('full_name').notNullable();
    table.string('slug').notNullable();
    table.boolean('is_private').notNullable();
    table.boolean('is_fork').notNullable();
    table.boolean('is_archived');
    table.string('project_key');
    table.text('main_branch');
    table.string('head').comment('Of the main branch, if known');
    table.string('updated_on');
    table.string('content_stamp').comment('When its head was last requested');
    table
      .boolean('is_head_due')
      .comment('A walk was to request its head, and has not yet');
    table.integer('version').notNullable().comment('Of the last change');
    table.double('seen_at').notNullable();
    table.primary(['selection_id', 'uuid']);
    table.index(['selection_id', 'version']);
    table.index(['uuid']);
    table.index(['full_name']);
  });

  await knex.schema.createTable('bitbucket__repository_names', table => {
    table.comment('Repositories by the names they have, or had');
    table.string('full_name').primary().comment('In lower case');
    table.string('uuid').notNullable().comment('Outlives a rename');
    table.boolean('is_private').notNullable();
    table
      .double('unlisted_since')
      .comment('When its repository was first missing from the mirror');
    table.index(['uuid']);
  });

  await knex.schema.createTable('bitbucket__listings', table => {
    table.comment('How far the full lists of repositories were read');
    table.string('id').primary();
    table.string('position').comment('The created_on to go on from');
    table.double('started_at').notNullable();
    table.double('resume_at').notNullable();
    table.double('complete_since').comment('Start of the last whole list');
  });

  await knex.schema.createTable('bitbucket__refs', table => {
    table.comment('Branches, tags and commits that files are known of');
    table.string('id').primary();
    table.string('full_name').notNullable().index();
    table.text('ref').notNullable();
    table.string('commit').comment('Absent where there is no such ref');
    table.string('updated_on').comment("The repository's, at that time");
    table.string('kind').comment('branch or tag, where that is known');
    table.double('used_at').notNullable();
    table.double('checked_at').comment('When Bitbucket last said so').index();
    table.boolean('is_rechecked').notNullable().defaultTo(false);
  });

  await knex.schema.createTable('bitbucket__files', table => {
    table.comment('Files at the commits of refs, missing ones included');
    table.string('ref_id').notNullable();
    table.string('path_id').notNullable();
    table.text('path').notNullable();
    table.boolean('exists').notNullable();
    table.string('content_hash').index();
    table.text('etag');
    table.double('size').comment('Bytes; absent where that is not known');
    table.boolean('is_lfs').comment('Whether Git LFS keeps the content');
    table.double('checked_at').comment('When Bitbucket last said so').index();
    table.primary(['ref_id', 'path_id']);
  });

  await knex.schema.createTable('bitbucket__glob_results', table => {
    table.comment('Which files at the commits of refs match a glob');
    table.string('ref_id').notNullable();
    table.string('pattern_id').notNullable();
    table.text('pattern').notNullable();
    table.text('paths').notNullable().comment('A JSON list');
    table.double('checked_at').comment('When Bitbucket last said so').index();
    table.primary(['ref_id', 'pattern_id']);
  });

  await knex.schema.createTable('bitbucket__contents', table => {
    table.comment('What is in the files, each content once');
    table.string('hash').primary();
    table.binary('content').notNullable();
    table.double('saved_at').comment('When a file was last found to have it');
  });
}

/** What reading and keeping the mirror takes. */
async function createUpkeep(knex: Knex): Promise<void> {
  await knex.schema.createTable('bitbucket__folders', table => {
    table.comment('Folders of listings that are made folder by folder');
    table.string('ref_id').notNullable();
    table.string('pattern_id').notNullable();
    table.string('folder_id').notNullable();
    table.string('commit').notNullable().comment('Empty once it is complete');
    table.text('folder').notNullable();
    table.text('files').notNullable().comment('Matching paths, a JSON list');
    table.text('folders').comment('To list one by one, as a JSON list');
    table.double('listed_at').notNullable();
    table.primary(['ref_id', 'pattern_id', 'folder_id']);
  });

  await knex.schema.createTable('bitbucket__urls', table => {
    table.comment('URLs that the catalog reads, by repository');
    table.string('key').primary().comment("The catalog's refresh key");
    table.text('full_name').notNullable().comment('workspace/repository');
    table.text('url').notNullable().comment('As it was written');
    table.double('read_at').notNullable();
    table
      .double('refused_at')
      .index()
      .comment('When no request could be sent for it');
    table.index(['full_name']);
  });

  await knex.schema.createTable('bitbucket__failures', table => {
    table.comment('Requests that fail for single repositories');
    table.string('uuid').notNullable().comment('Of the repository');
    table.string('call_id').notNullable();
    table.text('call').notNullable().comment('What was asked of it');
    table.text('stamp').notNullable().comment('Its state at that time');
    table.double('since').notNullable().comment('The first failure in a row');
    table.double('failed_at').notNullable().comment('The last failure');
    table.integer('attempts').notNullable().comment('Failures in a row');
    table.double('retry_at').notNullable();
    table.text('message').notNullable();
    table.boolean('is_announced').notNullable().comment('Is in the log');
    table.primary(['uuid', 'call_id']);
  });
}

/** What entity providers have done. */
async function createIngestion(knex: Knex): Promise<void> {
  await knex.schema.createTable('bitbucket__providers', table => {
    table.comment('How far entity providers have come');
    table.string('provider').primary();
    table.string('settings').notNullable().comment('A hash of them');
    table.integer('version').notNullable().comment('Of the selection');
    table.double('complete_since').comment('Of the listing');
  });

  await knex.schema.createTable('bitbucket__emitted', table => {
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

  await knex.schema.createTable('bitbucket__removals', table => {
    table.comment(
      'What entity providers have removed since the last full list',
    );
    table.string('provider').primary();
    table.double('list_since').comment('Start of that list');
    table.integer('locations').notNullable();
    table.integer('repositories').notNullable();
  });

  await knex.schema.createTable('bitbucket__holds', table => {
    table.comment('Removals that entity providers hold back');
    table.string('provider').primary();
    table.double('held_at').notNullable();
    table.text('reason').notNullable().comment('As in the log');
    table.text('targets').notNullable().comment('A JSON list');
    table.text('approved').comment('Targets that may go, as a JSON list');
  });

  await knex.schema.createTable('bitbucket__walks', table => {
    table.comment('The last walk of each entity provider');
    table.string('provider').primary();
    table.double('started_at').notNullable();
    table.double('ended_at').notNullable();
    table.string('result').notNullable().comment('finished, paused, failed');
    table.text('message').notNullable().comment('As in the log');
    table.integer('requests').notNullable().comment('To Bitbucket');
    table.integer('repositories').comment('In the last whole list');
  });
}

/** Gives knex the migrations from code, so that they work in a bundle too. */
export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => ['20261126120000_initial'],
  getMigrationName: name => name,
  getMigration: async () => initial,
};
