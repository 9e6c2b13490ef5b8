import { Knex } from 'knex';

const FILES = 'bitbucket_cloud__files';

/** Why the content of a file is not kept: it is too large, or in Git LFS. */
export const fileSize: Knex.Migration = {
  async up(knex) {
    await knex.schema.alterTable(FILES, table => {
      table.double('size').comment('Bytes; absent where that is not known');
      table.boolean('is_lfs').comment('Whether Git LFS keeps the content');
    });
  },

  async down(knex) {
    await knex.schema.alterTable(FILES, table => {
      table.dropColumns('size', 'is_lfs');
    });
  },
};
