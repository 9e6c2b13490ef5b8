import { Knex } from 'knex';

/** Pull requests, and the runs that check them. */
export async function createPullRequests(knex: Knex): Promise<void> {
  await knex.schema.createTable('bitbucket__pull_requests', table => {
    table.comment('Pull requests that touch catalog files');
    table.string('host').notNullable();
    table.string('uuid').notNullable().comment('Of the repository');
    table.integer('number').notNullable();
    table.string('page_id', 40).notNullable().unique();
    table.string('full_name').notNullable();
    table.boolean('is_private').notNullable();
    table.text('title').notNullable();
    table.text('url').notNullable();
    table.string('state').notNullable().comment('open, merged, declined');
    table.text('source_branch').notNullable();
    table.text('destination_branch').notNullable();
    table
      .string('comment_id')
      .comment('Of the comment that is kept up to date');
    table
      .string('comment_hash')
      .comment('Of its text, or of that it is to have');
    table
      .double('comment_pending_until')
      .comment('While it is not known whether it was created');
    table.boolean('is_comment_deleted').notNullable().defaultTo(false);
    table.text('merge').comment('What was merged, and ingested, as JSON');
    table.boolean('is_merge_pending').notNullable().defaultTo(false).index();
    table.double('used_at').notNullable();
    table.double('expires_at').notNullable().index();
    table.double('kept_until').notNullable().comment('While it is open');
    table.primary(['uuid', 'number']);
  });

  await knex.schema.createTable('bitbucket__runs', table => {
    table.comment('Checks of pull requests, one for each head and destination');
    table.string('id', 64).primary();
    table.string('host').notNullable();
    table.string('page_id', 40).notNullable().index();
    table.string('outcome').notNullable();
    table.text('event').notNullable().comment('What it began with, as JSON');
    table.text('record').notNullable().comment('What its page shows, as JSON');
    table.boolean('has_failed').notNullable().comment('A build status');
    table.text('published').notNullable().comment('What the host has, as JSON');
    table.text('before').notNullable().comment('What the catalog had, as JSON');
    table.integer('attempts').notNullable();
    table.double('started_at').notNullable();
    table.double('retry_at').index();
    table.double('alive_at').comment('While it is under way').index();
  });
}

/** Webhooks, and what replicas share. */
export async function createShared(knex: Knex): Promise<void> {
  await knex.schema.createTable('bitbucket__deliveries', table => {
    table.comment('Deliveries of webhooks, for each entity provider');
    table.string('provider').primary();
    table.double('heard_at').comment('When the last one came');
    table
      .double('missed_at')
      .comment('When a walk first found what no delivery had reported');
    table.integer('misses').notNullable().comment('Such walks since');
  });

  await knex.schema.createTable('bitbucket__webhooks', table => {
    table.comment('Webhooks that deliver to this backend');
    table.string('uuid').primary();
    table.string('place').notNullable().comment('What it belongs to');
    table.text('url').notNullable().comment('As it is configured');
    table.boolean('is_own').notNullable().comment('Whether it was made here');
    table.string('secret').notNullable().comment('A salted hash');
    table.text('events').comment('What it was last found to deliver');
    table.double('checked_at').comment('When that was, if it is remembered');
  });

  await knex.schema.createTable('bitbucket__budget', table => {
    table.comment('Requests to Bitbucket of the last hour');
    table.string('credential', 64).comment('A name, which is not secret');
    table.string('instance', 64).comment('The process that counts');
    table.string('cost_class', 64).comment('What Bitbucket counts apart');
    table.integer('minute').comment('Since the epoch');
    table.integer('requests').notNullable();
    table.text('by_purpose').comment('JSON: requests by what they were for');
    table.integer('requests_per_hour').comment("Bitbucket's limit, if named");
    table.primary(['credential', 'instance', 'cost_class', 'minute']);
  });

  await knex.schema.createTable('bitbucket__paces', table => {
    table.comment('Processes that share a rate of requests');
    table.string('credential', 64).comment('A name, which is not secret');
    table.string('instance', 64).comment('The process');
    table.double('seen_at').notNullable();
    table.primary(['credential', 'instance']);
  });

  await knex.schema.createTable('bitbucket__leases', table => {
    table.comment('Work that one replica does at a time');
    table.string('name', 64).primary();
    table.string('holder', 64).notNullable().comment('The process, and try');
    table.bigInteger('expires_at').notNullable().comment('Since the epoch');
  });
}
