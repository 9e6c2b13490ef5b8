import { Knex } from 'knex';
import { ContentStore } from './ContentStore';
import { FileStore } from './FileStore';
import { FolderStore } from './ListingProgress';
import { RefStore } from './RefStore';

/** Where what is known of files is kept. */
export type FileStores = {
  refs: RefStore;
  files: FileStore;
  contents: ContentStore;
  folders: FolderStore;
};

/** @param now - milliseconds since the epoch */
export const fileStores = (knex: Knex, now: () => number): FileStores => ({
  refs: new RefStore(knex, now),
  files: new FileStore(knex, now),
  contents: new ContentStore(knex, now),
  folders: new FolderStore(knex),
});
