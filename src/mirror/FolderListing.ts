import { Knex } from 'knex';
import { hashOf } from '../lib/text';
import { ListedFolder, ListingProgress } from '../scm/types';
import { refId, RefName } from './rows';

type FolderRow = {
  ref_id: string;
  pattern_id: string;
  folder_id: string;
  commit: string;
  folder: string;
  files: string;
  folders: string | null;
  listed_at: number;
};

export const FOLDERS = 'bitbucket__folders';

/** The commit of a listing that is complete: what is left says that it was made folder by folder. */
const ENDED = '';

/** A listing that was not continued for this long starts again. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** Progress that is kept in the database. */
type KeptProgress = ListingProgress & {
  /** The listing is complete, and what it has found is kept elsewhere. */
  end(): Promise<void>;
};

/** Keeps how far listings have come, so that one which takes several hours' quota ends. */
export class FolderStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /**
   * Of a listing at a commit of a ref. Nothing is written unless it takes more than
   * one folder, and what was listed at another commit is forgotten.
   *
   * @param now - milliseconds since the epoch
   */
  progress(
    name: RefName,
    commit: string,
    pattern: string,
    now: () => number,
  ): KeptProgress {
    const id = { ref_id: refId(name), pattern_id: hashOf(pattern) };
    const rows = () => this.#knex<FolderRow>(FOLDERS).where(id);
    let known: Promise<Map<string, ListedFolder>> | undefined;
    let isByFolder = false;

    const load = async () => {
      const found = await rows();
      if (found.some(row => row.commit !== commit)) {
        await rows().whereNot({ commit }).delete();
      }
      const current = found.filter(row => row.commit === commit);
      isByFolder = current.length > 0;
      return new Map(current.map(row => [row.folder, toListed(row)]));
    };

    const save = (at: string, folder: string, listed: ListedFolder) =>
      this.#knex<FolderRow>(FOLDERS)
        .insert({
          ...id,
          folder_id: hashOf(folder),
          commit: at,
          folder,
          files: JSON.stringify(listed.files),
          folders: listed.folders ? JSON.stringify(listed.folders) : null,
          listed_at: now(),
        })
        .onConflict(['ref_id', 'pattern_id', 'folder_id'])
        .merge();

    return {
      folder: async path => {
        known ??= load();
        return (await known).get(path);
      },
      save: async (path, listed) => {
        isByFolder ||= listed.folders !== undefined;
        if (isByFolder) {
          await save(commit, path, listed);
        }
      },
      end: async () => {
        if (isByFolder) {
          await rows().delete();
          await save(ENDED, '', { files: [] });
        }
      },
    };
  }

  async prune(now: number): Promise<void> {
    await this.#knex<FolderRow>(FOLDERS)
      .where('listed_at', '<', now - KEPT_MS)
      .delete();
  }
}

function toListed({ files, folders }: FolderRow): ListedFolder {
  return {
    files: JSON.parse(files),
    ...(folders === null ? {} : { folders: JSON.parse(folders) }),
  };
}
