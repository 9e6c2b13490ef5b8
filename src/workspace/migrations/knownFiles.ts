import { Knex } from 'knex';

/** The catalog files that each entity provider has handed to the catalog. */
export const knownFiles: Knex.Migration = {
  async up(knex) {
    await knex.schema.createTable('bitbucket_cloud__providers', table => {
      table.comment('Entity providers all of whose files are known');
      table.string('provider').primary().comment('Name of the provider');
    });

    await knex.schema.createTable('bitbucket_cloud__known_files', table => {
      table.comment('Files that the catalog has Locations of');
      table.string('provider').notNullable();
      table
        .string('target_hash', 40)
        .notNullable()
        .comment('SHA-1 of the URL, which may be too long for an index');
      table.string('repository_uuid').notNullable();
      table.text('full_name').notNullable();
      table.boolean('is_private').notNullable();
      table.text('branch').notNullable();
      table.text('path').notNullable();
      table.primary(['provider', 'target_hash']);
    });
  },

  async down(knex) {
    await knex.schema.dropTable('bitbucket_cloud__known_files');
    await knex.schema.dropTable('bitbucket_cloud__providers');
  },
};
