import { Knex } from 'knex';

const REFS = 'bitbucket_cloud__refs';

/** Which refs are tags, and so stay where they are. */
export const refKinds: Knex.Migration = {
  async up(knex) {
    await knex.schema.alterTable(REFS, table => {
      table.string('kind').comment('branch or tag, where that is known');
    });
  },

  async down(knex) {
    await knex.schema.alterTable(REFS, table => {
      table.dropColumn('kind');
    });
  },
};
