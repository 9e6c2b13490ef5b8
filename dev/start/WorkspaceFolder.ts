import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Changes,
  folderOf,
  openPullRequests,
  readDescription,
  readFiles,
  RepositoryDescription,
  SimulatedFile,
  SimulatedPullRequest,
  SimulatedWorkspace,
  WorkspaceDescription,
} from '../simulator';
import { isScratch } from './scratchFiles';

export const DESCRIPTION_FILE = 'workspace.yaml';

/** Something that was done to a workspace, since a folder has changed. */
export type FolderChange = {
  kind: 'pushed' | 'created' | 'deleted';
  /** Workspace and slug of the repository. */
  fullName: string;
  /** Undefined where the whole repository was deleted. */
  branch?: string;
  /** Files that were written or removed, from the repository's root. */
  paths: string[];
};

type FilesByPath = Record<string, SimulatedFile>;

/**
 * The folder that a workspace was loaded from. Whatever its files have become
 * since is pushed to the workspace, one push for each branch; what `workspace.yaml`
 * says counts as it was at first.
 */
export class WorkspaceFolder {
  readonly path: string;
  readonly workspace: SimulatedWorkspace;
  readonly #description: WorkspaceDescription;
  #descriptionText: string;
  /** Those of the description, and those that have a folder only. */
  readonly #repositories: RepositoryDescription[];
  /** What each folder held when it was last looked at; undefined where there was none. */
  readonly #seen = new Map<string, FilesByPath | undefined>();

  /** @param workspace - as it was loaded from the folder just now */
  constructor(path: string, workspace: SimulatedWorkspace) {
    this.path = path;
    this.workspace = workspace;
    this.#description = readDescription(path);
    this.#descriptionText = this.#readDescriptionText();
    this.#repositories = [...this.#description.repositories];
    for (const repository of this.#repositories) {
      const folders = repository.branches.map(branch => branch.folder);
      for (const folder of [folderOf(repository), ...folders]) {
        this.#seen.set(folder, this.#read(folder));
      }
    }
  }

  /**
   * Makes the workspace what the folder has become.
   *
   * @throws Error where a file cannot be read; the next call makes up for it
   */
  push(): FolderChange[] {
    this.#repositories.push(...this.#newRepositories());
    return this.#repositories.flatMap(repository => [
      ...this.#pushMainBranch(repository),
      ...repository.branches.flatMap(branch =>
        this.#pushBranch(repository, branch),
      ),
    ]);
  }

  /** Opens the pull requests that `workspace.yaml` has. */
  openPullRequests(): SimulatedPullRequest[] {
    return openPullRequests(this.workspace, this.#description);
  }

  /** Whether `workspace.yaml` has changed since the last call. */
  descriptionChanged(): boolean {
    const before = this.#descriptionText;
    this.#descriptionText = this.#readDescriptionText();
    return this.#descriptionText !== before;
  }

  /** A folder that the description does not mention is a private repository of the first project. */
  #newRepositories(): RepositoryDescription[] {
    const folders = this.#repositories.map(folderOf);
    const slugs = this.#repositories.map(({ slug }) => slug);
    return this.#subfolders('repositories').flatMap(name => {
      const folder = `repositories/${name}`;
      const slug = toSlug(name);
      return folders.includes(folder) || slugs.includes(slug)
        ? []
        : {
            slug,
            name,
            folder,
            project: this.#description.projects[0]?.key,
            private: true,
            mainBranch: 'main',
            empty: false,
            branches: [],
          };
    });
  }

  #pushMainBranch(repository: RepositoryDescription): FolderChange[] {
    const { slug, mainBranch: branch } = repository;
    const folder = folderOf(repository);
    const before = this.#seen.get(folder);
    const after = this.#read(folder);
    const fullName = `${this.workspace.slug}/${slug}`;
    this.#seen.set(folder, after);
    if (!after) {
      return before ? [this.#remove(repository, fullName)] : [];
    }
    const changes = difference(before, after);
    const paths = Object.keys(changes);
    if (!this.workspace.findRepository(slug)) {
      this.#create(repository, after);
      return [{ kind: 'created', fullName, branch, paths }];
    }
    if (paths.length === 0) {
      return [];
    }
    this.workspace.push(slug, changes, { branch });
    return [{ kind: 'pushed', fullName, branch, paths }];
  }

  #create(repository: RepositoryDescription, files: FilesByPath): void {
    const { slug, name, description, project, mainBranch } = repository;
    const parent = this.workspace.findRepository(repository.forkOf ?? '');
    this.workspace.addRepository({
      slug,
      name,
      description,
      project,
      mainBranch,
      isPrivate: repository.private,
      forkOf: parent?.slug,
      files: Object.keys(files).length > 0 ? files : undefined,
    });
  }

  #remove(
    { slug, branches }: RepositoryDescription,
    fullName: string,
  ): FolderChange {
    this.workspace.removeRepository(slug);
    branches.forEach(({ folder }) => this.#seen.delete(folder));
    return { kind: 'deleted', fullName, paths: [] };
  }

  #pushBranch(
    { slug }: RepositoryDescription,
    { name: branch, folder }: { name: string; folder: string },
  ): FolderChange[] {
    const repository = this.workspace.findRepository(slug);
    if (!repository) {
      return [];
    }
    const before = this.#seen.get(folder);
    const after = this.#read(folder);
    const changes = difference(before, after);
    const paths = Object.keys(changes);
    this.#seen.set(folder, after);
    if (paths.length === 0) {
      return [];
    }
    if (after) {
      // What the branch has no longer on top of the main branch is as it is there.
      for (const path of paths) {
        changes[path] ??= repository.head?.tree.get(path) ?? null;
      }
      this.workspace.push(slug, changes, { branch });
    } else {
      this.workspace.deleteBranch(slug, branch);
    }
    return [{ kind: 'pushed', fullName: repository.fullName, branch, paths }];
  }

  /** Once more where something vanishes while it is read. */
  #read(path: string): FilesByPath | undefined {
    try {
      return this.#readNow(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return this.#readNow(path);
      }
      throw error;
    }
  }

  #readNow(path: string): FilesByPath | undefined {
    const folder = join(this.path, path);
    if (!existsSync(folder)) {
      return undefined;
    }
    const files = readdirSync(folder).length > 0 ? readFiles(folder) : {};
    return Object.fromEntries(
      Object.entries(files).filter(([name]) => !isScratch(name)),
    );
  }

  #readDescriptionText(): string {
    const file = join(this.path, DESCRIPTION_FILE);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  #subfolders(path: string): string[] {
    const folder = join(this.path, path);
    return existsSync(folder)
      ? readdirSync(folder, { withFileTypes: true })
          .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
          .map(({ name }) => name)
      : [];
  }
}

/** Removals first, so that a folder may take the place of a file. */
function difference(
  before: FilesByPath = {},
  after: FilesByPath = {},
): Changes {
  const removed = Object.keys(before).filter(path => !(path in after));
  const written = Object.entries(after).filter(
    ([path, file]) => before[path]?.hash !== file.hash,
  );
  return Object.fromEntries([
    ...removed.map((path): [string, null] => [path, null]),
    ...written,
  ]);
}

/** As Bitbucket makes one of a repository's name. */
const toSlug = (name: string) =>
  name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
