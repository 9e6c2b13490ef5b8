import { CheckServices, FileContent } from './checkRequest';
import { LIMITS } from './limits';

/** Why a file was not read, to be said after `since`. */
export const TOO_MUCH_TO_READ = `more than ${LIMITS.reads} files or ${LIMITS.readBytes / 1024 / 1024} MiB would have to be read`;

/** Reads files for one check, as many and as much as a check may read. */
export class Reader {
  readonly #read: CheckServices['read'];
  readonly #find: CheckServices['find'];
  readonly #signal: AbortSignal;
  readonly #files = new Map<string, Promise<FileContent>>();
  readonly #found = new Map<string, Promise<string[] | undefined>>();
  #bytes = 0;

  constructor({
    read,
    find,
    signal,
  }: Pick<CheckServices, 'read' | 'find' | 'signal'>) {
    this.#read = read;
    this.#find = find;
    this.#signal = signal;
  }

  /**
   * @returns undefined where too much was read before
   * @throws what the host throws
   */
  async read(
    side: 'head' | 'base',
    path: string,
  ): Promise<FileContent | undefined> {
    this.#signal.throwIfAborted();
    const key = `${side}:${path}`;
    const known = this.#files.get(key);
    if (
      known ||
      this.#files.size >= LIMITS.reads ||
      this.#bytes > LIMITS.readBytes
    ) {
      return known;
    }
    const content = this.#readNow(side, path);
    this.#files.set(key, content);
    return content;
  }

  /**
   * The paths at the head that a pattern finds.
   *
   * @returns undefined where that takes too much, or too many patterns came before
   * @throws what the host throws
   */
  async find(pattern: string): Promise<string[] | undefined> {
    this.#signal.throwIfAborted();
    const known = this.#found.get(pattern);
    if (known || this.#found.size >= LIMITS.patterns) {
      return known;
    }
    const found = this.#find(pattern);
    this.#found.set(pattern, found);
    return found;
  }

  async #readNow(side: 'head' | 'base', path: string): Promise<FileContent> {
    const file = await this.#read(side, path);
    this.#bytes += 'content' in file ? file.content.length : 0;
    return file;
  }
}
