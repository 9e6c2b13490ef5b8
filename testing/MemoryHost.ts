import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { InputError } from '@backstage/errors';
import { PathGlob } from '../src/lib/globs';
import { Delivery } from '../src/scm/changes';
import { Missing, NotFoundError } from '../src/scm/errors';
import {
  ListOptions,
  RepositoryPage,
  RepositoryRef,
  RepositorySelection,
  ScmHost,
} from '../src/scm/ScmHost';
import { AtCommit, Repository, SourceEntry } from '../src/scm/types';
import { encodeUrlPath, HEAD, ScmUrls } from '../src/scm/urls';

const ORIGIN = 'https://git.example.com';

/** `https://git.example.com/PAY/api/browse/catalog-info.yaml?at=main`; no `at` is the default branch. */
const urls: ScmUrls = {
  refPlace: 'query',
  matches: url => url.origin === ORIGIN,
  parse(url) {
    const { origin, pathname, search, searchParams } = new URL(url);
    const [project, slug, , ...segments] = pathname
      .split('/')
      .filter(Boolean)
      .map(decodeURIComponent);
    if (origin !== ORIGIN || !slug) {
      throw new InputError(`${url} is not a URL of ${ORIGIN}`);
    }
    return {
      fullName: `git.example.com/${project}/${slug}`,
      isById: false,
      segments,
      at: searchParams.get('at') ?? HEAD,
      query: search,
      isPlain: true,
    };
  },
  repository: fullName => `https://${fullName}`,
  file: (fullName, ref, path) =>
    `https://${fullName}/browse/${encodeUrlPath(path)}${
      ref === HEAD ? '' : `?at=${encodeURIComponent(ref)}`
    }`,
  edit: () => undefined,
  place: ({ fullName, segments, at }) => [fullName, at, ...segments].join('/'),
  repositoryPart: url => url.split('/browse')[0],
  mentions: ({ fullNames }) => fullNames,
};

type Files = Record<string, string>;
type StoredRepository = { project: string; slug: string; head?: string };

/**
 * A host that lives in memory: with numbers for ids, its name in full names, no heads in
 * its list and no list of what has changed.
 */
export class MemoryHost implements ScmHost {
  readonly id = 'git.example.com';
  readonly names = {
    product: 'A host in memory',
    workspaceKind: 'instance' as const,
    example: { workspace: 'git.example.com', slug: 'PAY/api' },
    provider: (id: string) => `bitbucketCloud-provider:${id}`,
    repositoryUrlAnnotation: 'example.com/repo-url',
    configKeys: { integration: '', providers: '', webhookSecret: '' },
  };
  readonly credential = { kind: 'anonymous', label: 'no credential' };
  readonly quota = { snapshot: () => [], save: async () => {} };
  readonly concurrency = 4;
  readonly maxFileSize = { bytes: 1_048_576, key: 'maxFileSize' };
  readonly urls = urls;
  readonly heads = { maxAgeMs: 0, perWalk: 100, walkMs: 60_000 };
  /** One line for each request. */
  readonly requests: string[] = [];
  readonly #repositories = new Map<number, StoredRepository>();
  readonly #commits = new Map<string, Files>();

  readonly deliveries = {
    topic: 'memory',
    read: (_headers: object, payload: unknown): Delivery => {
      const repository = this.#toRepository(Number(payload));
      const { uuid, fullName } = repository;
      const about = { workspace: this.id, fullName, uuid };
      return { events: [{ kind: 'repository', ...about }] };
    },
  };

  /** @returns the id */
  add(project: string, slug: string, files?: Files): number {
    const id = this.#repositories.size + 1;
    this.#repositories.set(id, { project, slug });
    if (files) {
      this.push(id, files);
    }
    return id;
  }

  /** Replaces all files. */
  push(id: number, files: Files): void {
    const text = `${this.#commits.size} ${JSON.stringify(files)}`;
    const head = createHash('sha1').update(text).digest('hex');
    this.#commits.set(head, files);
    this.#repositories.get(id)!.head = head;
  }

  rename(id: number, slug: string): void {
    this.#repositories.get(id)!.slug = slug;
  }

  delete(id: number): void {
    this.#repositories.delete(id);
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
    from = '0',
  ): AsyncIterable<RepositoryPage> {
    const ids = [...this.#repositories.keys()].sort((a, b) => a - b);
    for (let start = Number(from); start === 0 || start < ids.length;) {
      this.requests.push(`list from ${start}`);
      const page = ids.slice(start, start + pageSize);
      start += pageSize;
      yield {
        repositories: page.map(id => this.#toRepository(id)),
        next: start < ids.length ? `${start}` : undefined,
      };
    }
  }

  async *projectRepositories(): AsyncIterable<Repository[]> {
    this.requests.push('list');
    yield [...this.#repositories.keys()].map(id => this.#toRepository(id));
  }

  async repository(ref: RepositoryRef): Promise<Repository> {
    this.requests.push(`repository by ${ref.by}`);
    const ids = [...this.#repositories.keys()];
    const id = ids.find(one => {
      const { uuid, fullName } = this.#toRepository(one);
      return ref.by === 'id'
        ? uuid === ref.id
        : fullName.toLowerCase() === ref.fullName.toLowerCase();
    });
    if (id === undefined) {
      throw notFound('repository');
    }
    const mainBranch = await this.#defaultBranch(id);
    return { ...this.#toRepository(id), mainBranch };
  }

  async defaultBranch({ uuid }: Repository) {
    this.requests.push('default branch');
    return this.#defaultBranch(Number(uuid));
  }

  async branch({ fullName }: { fullName: string }, name: string) {
    this.requests.push('branch');
    return name === 'main' ? this.#named(fullName).head : undefined;
  }

  async verifyBranch(repository: { fullName: string }, name: string) {
    return this.branch(repository, name);
  }

  async *branches({ fullName }: { fullName: string }) {
    this.requests.push('branches');
    const { head } = this.#named(fullName);
    if (head) {
      yield { name: 'main', hash: head };
    }
  }

  async resolveRef(repository: { fullName: string }, names: string[]) {
    const hash = await this.branch(repository, names.at(-1)!);
    return hash === undefined
      ? undefined
      : { kind: 'branch' as const, name: names.at(-1)!, hash };
  }

  async readFile({ hash }: AtCommit, path: string) {
    this.requests.push(`file ${path}`);
    const text = this.#filesAt(hash)[path];
    return text === undefined
      ? { exists: false }
      : { exists: true, content: Buffer.from(text), size: text.length };
  }

  async hasFile({ hash }: AtCommit, path: string): Promise<boolean> {
    this.requests.push(`proof of ${path}`);
    return path in this.#filesAt(hash);
  }

  async findFiles({ hash }: AtCommit, glob: PathGlob): Promise<string[]> {
    this.requests.push('files');
    return Object.keys(this.#filesAt(hash)).filter(glob.matches);
  }

  async *listFolder(at: AtCommit): AsyncIterable<SourceEntry> {
    for (const path of Object.keys(this.#filesAt(at.hash))) {
      yield { type: 'file', path, attributes: [] };
    }
  }

  async changedPaths(): Promise<undefined> {
    return undefined;
  }

  async archive(): Promise<Readable> {
    throw new Error('This host has no archives');
  }

  /** As it is in the list. */
  #toRepository(id: number): Repository {
    const { project, slug } = this.#repositories.get(id) ?? unknown(id);
    const fullName = `${this.id}/${project}/${slug}`;
    const isPublic = { isPrivate: false, isFork: false };
    return { uuid: `${id}`, slug, fullName, projectKey: project, ...isPublic };
  }

  #named(fullName: string): StoredRepository {
    const found = [...this.#repositories].find(
      ([id]) => this.#toRepository(id).fullName === fullName,
    );
    if (!found) {
      throw notFound('repository');
    }
    return found[1];
  }

  async #defaultBranch(id: number) {
    const hash = this.#repositories.get(id)?.head;
    return hash === undefined ? null : { name: 'main', hash };
  }

  #filesAt(hash: string): Files {
    const files = this.#commits.get(hash);
    if (!files) {
      throw notFound('ref');
    }
    return files;
  }
}

/** What a delivery says of a repository that is not there any more. */
function unknown(id: number): StoredRepository {
  return { project: 'GONE', slug: `${id}` };
}

function notFound(missing: Missing): NotFoundError {
  const details = { method: 'GET', url: ORIGIN, missing };
  return new NotFoundError('answered 404', details);
}
