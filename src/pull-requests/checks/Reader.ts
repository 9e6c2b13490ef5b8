import type { CheckServices, FileContent } from './checkFiles';
import { LIMITS } from './limits';

/** Reads files for one check, as many as a check may read. */
export class Reader {
  readonly #read: CheckServices['read'];
  readonly #signal: AbortSignal;
  readonly #files = new Map<string, Promise<FileContent>>();

  constructor({ read, signal }: Pick<CheckServices, 'read' | 'signal'>) {
    this.#read = read;
    this.#signal = signal;
  }

  /**
   * @returns undefined where too many were read before
   * @throws what the host throws
   */
  async read(
    side: 'head' | 'base',
    path: string,
  ): Promise<FileContent | undefined> {
    this.#signal.throwIfAborted();
    const key = `${side}:${path}`;
    const known = this.#files.get(key);
    if (known || this.#files.size >= LIMITS.reads) {
      return known;
    }
    const content = this.#read(side, path);
    this.#files.set(key, content);
    return content;
  }
}
