import { createHash } from 'node:crypto';
import { CommitFiles } from '../mirror/CommitFiles';
import { ScmHost } from '../scm/ScmHost';
import { PullRequestFile, PullRequestFiles } from '../scm/pullRequests';
import { InRepository, RequestContext } from '../scm/types';
import { BranchChange, FileContent } from './checks/checkRequest';
import { RunFiles } from './RunFiles';

/** A file that the host says the pull request touches, and that the branch has another version of. */
type Candidate = { path: string; base: FileContent };

/**
 * Finds out which files the destination branch has changed since the pull request
 * branched off: what merging does to them is not what the two branches differ in.
 */
export class DivergedFiles {
  readonly #host: Pick<ScmHost, 'changedPaths'>;
  readonly #repository: InRepository;
  readonly #files: Pick<RunFiles, 'openBase' | 'read' | 'readAt'>;
  readonly #listed: PullRequestFiles;
  readonly #context: RequestContext;

  /** @param options.listed - what the pull request touches */
  constructor(options: {
    host: Pick<ScmHost, 'changedPaths'>;
    repository: InRepository;
    files: Pick<RunFiles, 'openBase' | 'read' | 'readAt'>;
    listed: PullRequestFiles;
    context: RequestContext;
  }) {
    this.#host = options.host;
    this.#repository = options.repository;
    this.#files = options.files;
    this.#listed = options.listed;
    this.#context = options.context;
  }

  /**
   * Which of some files the branch has changed. One request at most, apart from those
   * for files that are read anyway.
   *
   * @param paths - on the destination branch
   */
  async find(paths: readonly string[]): Promise<Map<string, BranchChange>> {
    const found = new Map<string, BranchChange>();
    const branch = await this.#files.openBase();
    if (!branch) {
      return found;
    }
    const candidates: Candidate[] = [];
    let known: Awaited<ReturnType<CommitFiles['known']>> | undefined;
    for (const path of paths) {
      const row = this.#rowOf(path);
      if (!row) {
        const change = await this.#changeOfUntouched(path);
        if (change) {
          found.set(path, change);
        }
      } else if (row.oldPath !== path) {
        known ??= await branch.known();
        if (known.get(path)?.exists) {
          found.set(path, { isTouched: true, before: { missing: 'absent' } });
        }
      } else {
        const base = await this.#files.read('base', path);
        if (await this.#mayDiffer(row, base)) {
          candidates.push({ path, base });
        }
      }
    }
    for (const [path, change] of await this.#decide(candidates, branch)) {
      found.set(path, change);
    }
    return found;
  }

  #rowOf(path: string): PullRequestFile | undefined {
    const { files } = this.#listed;
    return (
      files.find(({ oldPath }) => oldPath === path) ??
      files.find(({ newPath }) => newPath === path)
    );
  }

  /** What a pull request does not touch is at its head as it was when it branched off. */
  async #changeOfUntouched(path: string): Promise<BranchChange | undefined> {
    const { isComplete, isFiltered } = this.#listed;
    if (!isComplete || isFiltered) {
      return undefined;
    }
    const before = await this.#files.read('head', path);
    const isSame = isSameContent(before, await this.#files.read('base', path));
    return isSame ? undefined : { isTouched: false, before };
  }

  /** Not where both sides have become the same, or where the list says that it is as it was. */
  async #mayDiffer(row: PullRequestFile, base: FileContent): Promise<boolean> {
    if ('missing' in base && base.missing !== 'absent') {
      return false;
    }
    const { newPath, oldBlob, newBlob } = row;
    const head: FileContent =
      newPath === undefined
        ? { missing: 'absent' }
        : await this.#files.read('head', newPath);
    if ('content' in base && oldBlob !== undefined) {
      // An instance may list what the merge changes: then the other content differs.
      return (
        blobOf(base.content) !== oldBlob ||
        ('content' in head &&
          newBlob !== undefined &&
          blobOf(head.content) !== newBlob)
      );
    }
    return newPath === undefined || !isSameContent(base, head);
  }

  async #decide(
    candidates: readonly Candidate[],
    { commit }: CommitFiles,
  ): Promise<Map<string, BranchChange>> {
    const { mergeBase } = this.#listed;
    const blobs = new Map(
      this.#listed.files.map(({ oldPath, oldBlob }) => [oldPath, oldBlob]),
    );
    const changed = candidates.filter(({ path }) => blobs.get(path));
    const others = candidates.filter(({ path }) => !blobs.get(path));
    const found = new Map<string, BranchChange>(
      changed.map(({ path }) => [path, { isTouched: true }]),
    );
    if (mergeBase === undefined || mergeBase === commit) {
      return found;
    }
    if (others.length === 1) {
      const [{ path, base }] = others;
      const before = await this.#files.readAt(mergeBase, path);
      return isSameContent(before, base)
        ? found
        : found.set(path, { isTouched: true, before });
    }
    const paths = others.map(({ path }) => path);
    for (const path of await this.#changedSince(mergeBase, commit, paths)) {
      found.set(path, { isTouched: true });
    }
    return found;
  }

  async #changedSince(
    from: string,
    to: string,
    paths: readonly string[],
  ): Promise<string[]> {
    if (paths.length === 0) {
      return [];
    }
    const changed = await this.#host.changedPaths(
      this.#repository,
      from,
      to,
      this.#context,
      paths,
    );
    const all = new Set(changed?.map(({ path }) => path));
    return paths.filter(path => all.has(path));
  }
}

/** The name that git gives to a content. */
function blobOf(content: Buffer): string {
  return createHash('sha1')
    .update(`blob ${content.length}\0`)
    .update(content)
    .digest('hex');
}

function isSameContent(one: FileContent, other: FileContent): boolean {
  return 'content' in one && 'content' in other
    ? one.content.equals(other.content)
    : 'missing' in one && 'missing' in other && one.missing === other.missing;
}
