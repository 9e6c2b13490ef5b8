import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { PathGlob } from '../../src/lib/globs';
import {
  ListOptions,
  RepositoryPage,
  RepositoryRef,
  RepositorySelection,
  ScmHost,
} from '../../src/scm/ScmHost';
import {
  AtCommit,
  Branch,
  ChangedPath,
  DefaultBranch,
  FileResult,
  FoundRef,
  InRepository,
  Repository,
  RequestContext,
  SourceEntry,
} from '../../src/scm/types';
import { deliveryOf, MemoryDelivery, readDelivery } from './delivery';
import {
  fullNameOf,
  HOST,
  MemoryRepositories,
  missing,
  StoredRepository,
} from './repositories';
import { memoryUrls } from './urls';

/**
 * The smallest host: in memory, with numbers for ids, its name in full names, no heads in
 * its lists, no list of what has changed, no webhooks and no pull requests. A request is a
 * line in {@link MemoryHost.requests}.
 */
export class MemoryHost implements ScmHost {
  readonly id = HOST;
  readonly names = {
    product: 'A host in memory',
    workspaceKind: 'instance' as const,
    example: { workspace: HOST, slug: 'PAY/api' },
    provider: (id: string) => `bitbucketCloud-provider:${id}`,
    repositoryUrlAnnotation: 'example.com/repo-url',
    configKeys: { integration: '', providers: '', webhookSecret: '' },
  };
  readonly credential = { kind: 'anonymous', label: 'no credential' };
  readonly quota = { snapshot: () => [], save: async () => {} };
  readonly concurrency = 4;
  readonly maxFileSize: ScmHost['maxFileSize'];
  readonly urls = memoryUrls;
  readonly heads = { maxAgeMs: 0, perWalk: 100, walkMs: 60_000 };

  readonly deliveries = { topic: 'memory', read: readDelivery };

  /** What there is, and what tests change. */
  readonly stored = new MemoryRepositories();
  /** One line for each request. */
  readonly requests: string[] = [];
  /** What every request ends with from now on. */
  failure?: Error;

  constructor({ maxFileBytes = 1_048_576 } = {}) {
    this.maxFileSize = { bytes: maxFileBytes, key: 'maxFileSize' };
  }

  /** What a delivery says of a repository as it is now; of a push, with a branch. */
  delivery(id: number, branch?: string): MemoryDelivery {
    return deliveryOf(this.stored.byId(id), branch);
  }

  workspaceOf(fullName: string): string {
    return fullName.split('/')[0];
  }

  fullNameOf(workspace: string, slug: string): string {
    return `${workspace}/${slug}`;
  }

  whyInvisible(): string {
    return 'it was never added';
  }

  listKey(): string {
    return '';
  }

  async *repositories(
    _selection: RepositorySelection,
    { pageSize = 100 }: ListOptions,
    from: string | undefined,
    context: RequestContext,
  ): AsyncIterable<RepositoryPage> {
    for (let last = Number(from ?? 0), isLast = false; !isLast;) {
      this.#send(`list after ${last}`, context);
      const rest = this.stored.all().filter(({ id }) => id > last);
      const page = rest.slice(0, pageSize);
      last = page.at(-1)?.id ?? last;
      isLast = page.length === rest.length;
      yield {
        repositories: page.map(toRepository),
        next: isLast ? undefined : `${last}`,
      };
    }
  }

  async *projectRepositories(
    _selection: RepositorySelection,
    projectKey: string,
    context: RequestContext,
  ): AsyncIterable<Repository[]> {
    this.#send(`list of ${projectKey}`, context);
    const all = this.stored.all();
    yield all.filter(({ project }) => project === projectKey).map(toRepository);
  }

  async repository(
    ref: RepositoryRef,
    context: RequestContext,
  ): Promise<Repository> {
    this.#send(`repository by ${ref.by}`, context);
    const found =
      ref.by === 'id'
        ? this.stored.byId(Number(ref.id))
        : this.stored.named(ref.fullName);
    return { ...toRepository(found), mainBranch: mainBranchOf(found) };
  }

  async defaultBranch(
    { uuid }: Repository,
    context: RequestContext,
  ): Promise<DefaultBranch | null> {
    this.#send('default branch', context);
    return mainBranchOf(this.stored.byId(Number(uuid)));
  }

  async branch(
    { fullName }: InRepository,
    name: string,
    context: RequestContext,
  ): Promise<string | undefined> {
    this.#send('branch', context);
    return this.stored.named(fullName).branches.get(name);
  }

  async verifyBranch(
    { fullName }: InRepository,
    name: string,
    context: RequestContext,
  ): Promise<string | undefined> {
    this.#send('proof of a branch', context);
    return this.stored.named(fullName).branches.get(name);
  }

  async verifyDefaultBranch(
    { fullName }: InRepository,
    context: RequestContext,
  ): Promise<string> {
    this.#send('name of the default branch', context);
    const branch = mainBranchOf(this.stored.named(fullName));
    return (branch ?? missing('ref')).name;
  }

  async *branches(
    { fullName }: InRepository,
    context: RequestContext,
  ): AsyncIterable<Branch> {
    this.#send('branches', context);
    for (const [name, hash] of this.stored.named(fullName).branches) {
      yield { name, hash };
    }
  }

  async resolveRef(
    { fullName }: InRepository,
    names: string[],
    context: RequestContext,
  ): Promise<FoundRef | undefined> {
    this.#send('ref', context);
    const { branches, tags, commits } = this.stored.named(fullName);
    for (const name of [...names].reverse()) {
      const [branch, tag] = [branches.get(name), tags.get(name)];
      if (branch ?? tag) {
        const kind = branch ? 'branch' : 'tag';
        return { kind, name, hash: (branch ?? tag)! };
      }
    }
    const [name] = names;
    const hash = /^[0-9a-f]{7,40}$/.test(name)
      ? [...commits.keys()].find(one => one.startsWith(name))
      : undefined;
    return hash === undefined ? undefined : { name, hash };
  }

  async readFile(
    at: AtCommit,
    path: string,
    context: RequestContext,
  ): Promise<FileResult> {
    this.#send(`file ${path}`, context);
    const text = this.#textsAt(at)[path];
    if (text === undefined) {
      return { exists: false };
    }
    const content = Buffer.from(text);
    const size = content.length;
    return size > this.maxFileSize.bytes
      ? { exists: true, size }
      : { exists: true, size, content };
  }

  async hasFile(
    at: AtCommit,
    path: string,
    _missedBy: string,
    context: RequestContext,
  ): Promise<boolean> {
    this.#send(`proof of ${path}`, context);
    return path in this.#textsAt(at);
  }

  async findFiles(
    at: AtCommit,
    glob: PathGlob,
    context: RequestContext,
  ): Promise<string[]> {
    this.#send('files', context);
    return Object.keys(this.#textsAt(at)).filter(glob.matches);
  }

  async *listFolder(
    at: AtCommit,
    folder: string,
    { maxDepth, contains = '' }: { maxDepth: number; contains?: string },
    context: RequestContext,
  ): AsyncIterable<SourceEntry> {
    this.#send(`folder ${folder}`, context);
    const top = folder === '' ? 0 : folder.split('/').length;
    const found = new Map<string, SourceEntry['type']>();
    for (const path of Object.keys(this.stored.filesAt(at))) {
      const parts = path.split('/');
      const isIn = parts.slice(0, top).join('/') === folder;
      const depth = isIn ? Math.min(parts.length, top + maxDepth) : 0;
      for (let end = top + 1; end <= depth; end += 1) {
        const type = end === parts.length ? 'file' : 'directory';
        found.set(parts.slice(0, end).join('/'), type);
      }
    }
    if (found.size === 0) {
      missing('path');
    }
    for (const [path, type] of found) {
      if (path.includes(contains)) {
        yield { type, path, attributes: [] };
      }
    }
  }

  async changedPaths(
    { fullName }: InRepository,
    from: string,
    to: string,
    context: RequestContext,
  ): Promise<ChangedPath[] | undefined> {
    this.#send('changed paths', context);
    const { commits } = this.stored.named(fullName);
    const [before, after] = [commits.get(from), commits.get(to)];
    if (!before || !after) {
      return undefined;
    }
    return Object.keys({ ...before, ...after })
      .filter(path => before[path] !== after[path])
      .map(path => ({ path, exists: typeof after[path] === 'string' }));
  }

  /** All files, whatever the path. */
  async archive(
    at: AtCommit,
    _path: string,
    context: RequestContext,
  ): Promise<Readable> {
    this.#send('archive', context);
    const archive = pack();
    for (const [path, text] of Object.entries(this.#textsAt(at))) {
      archive.entry({ name: `files/${path}` }, text);
    }
    archive.finalize();
    return Readable.from([gzipSync(await buffer(archive))]);
  }

  /** What every request begins with. */
  #send(request: string, { signal, meter }: RequestContext): void {
    signal?.throwIfAborted();
    this.requests.push(request);
    if (meter) {
      meter.requests += 1;
    }
    if (this.failure) {
      throw this.failure;
    }
  }

  /** The regular files. */
  #textsAt(at: AtCommit): Record<string, string> {
    const files = Object.entries(this.stored.filesAt(at));
    return Object.fromEntries(
      files.filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    );
  }
}

/** As it is in a list. */
function toRepository(stored: StoredRepository): Repository {
  const { id, slug, project } = stored;
  return {
    ...{ uuid: `${id}`, slug, fullName: fullNameOf(stored) },
    ...{ projectKey: project, isPrivate: false, isFork: false },
  };
}

function mainBranchOf({ branches }: StoredRepository): DefaultBranch | null {
  const hash = branches.get('main');
  return hash === undefined ? null : { name: 'main', hash };
}
