import { createHash } from 'node:crypto';
import { NotFoundError, Missing } from '../../src/scm/errors';
import { AtCommit } from '../../src/scm/types';
import type { HostFile } from '../host-contract/world';

export const HOST = 'git.example.com';

export type Files = Record<string, HostFile>;

/** A repository of a {@link MemoryHost}, with all that was ever committed to it. */
export type StoredRepository = {
  id: number;
  project: string;
  slug: string;
  /** Full names, which lead here until another repository has them. */
  formerNames: string[];
  /** Hashes, by name. */
  branches: Map<string, string>;
  tags: Map<string, string>;
  commits: Map<string, Files>;
};

export const fullNameOf = ({ project, slug }: StoredRepository) =>
  `${HOST}/${project}/${slug}`;

/** What a {@link MemoryHost} is asked about. Nobody counts what reads or changes it here. */
export class MemoryRepositories {
  readonly #byId = new Map<number, StoredRepository>();
  #added = 0;
  #committed = 0;

  /** Oldest first. */
  all(): StoredRepository[] {
    return [...this.#byId.values()];
  }

  /** @returns the id, which no other repository gets after it is deleted */
  add(project: string, slug: string, files?: Files): number {
    this.#added += 1;
    this.#byId.set(this.#added, {
      ...{ id: this.#added, project, slug, formerNames: [] },
      ...{ branches: new Map(), tags: new Map(), commits: new Map() },
    });
    if (files) {
      this.push(this.#added, files);
    }
    return this.#added;
  }

  /**
   * Makes one commit. A branch that is new begins at `main`.
   *
   * @param files - by path; `null` for one that goes
   * @returns its hash
   */
  push(
    id: number,
    files: Record<string, HostFile | null>,
    branch = 'main',
  ): string {
    const { branches, commits } = this.byId(id);
    const parent = branches.get(branch) ?? branches.get('main');
    const before = parent === undefined ? {} : commits.get(parent);
    const after = Object.entries({ ...before, ...files }).filter(
      (entry): entry is [string, HostFile] => entry[1] !== null,
    );
    this.#committed += 1;
    const hash = createHash('sha1').update(`${this.#committed}`).digest('hex');
    commits.set(hash, Object.fromEntries(after));
    branches.set(branch, hash);
    return hash;
  }

  /** Makes a tag at the head of `main`. */
  tag(id: number, name: string): void {
    const { branches, tags } = this.byId(id);
    tags.set(name, branches.get('main')!);
  }

  rename(id: number, slug: string): void {
    const stored = this.byId(id);
    stored.formerNames.push(fullNameOf(stored));
    stored.slug = slug;
  }

  delete(id: number): void {
    this.#byId.delete(id);
  }

  byId(id: number): StoredRepository {
    return this.#byId.get(id) ?? missing('repository');
  }

  named(fullName: string): StoredRepository {
    const isWanted = (name: string) =>
      name.toLowerCase() === fullName.toLowerCase();
    return (
      this.all().find(one => isWanted(fullNameOf(one))) ??
      this.all().find(one => one.formerNames.some(isWanted)) ??
      missing('repository')
    );
  }

  filesAt({ fullName, hash }: AtCommit): Files {
    return this.named(fullName).commits.get(hash) ?? missing('ref');
  }
}

export function missing(what: Missing): never {
  const details = { method: 'GET', url: `https://${HOST}`, missing: what };
  throw new NotFoundError('answered 404', details);
}
