import {
  SimulatedRepository,
  SimulatedWorkspace,
} from '../../../dev/simulator';
import { catalogFile, catalogFileIn } from '../../../e2e/soak/catalogFiles';
import { cloudFileUrl } from '../../../e2e/soak/CloudWorld';
import { Truth, truthOf } from '../../../e2e/soak/truth';
import { EXCLUDED_PROJECT } from '../../../e2e/soak/World';

/** Repositories that something is done to, and which of their entities never went. */
export class Fleet {
  readonly repositories: SimulatedRepository[] = [];
  #neverGone: Set<string>;

  /**
   * @param home - that the catalog is filled from
   * @param elsewhere - that repositories are transferred to
   * @param slugs - of repositories of `home`, which are there
   */
  constructor(
    readonly home: SimulatedWorkspace,
    readonly elsewhere: SimulatedWorkspace,
    slugs: string[],
  ) {
    this.repositories = slugs.map(slug => home.repository(slug));
    this.#neverGone = this.#components();
  }

  /** Adds a repository with one catalog file, in two steps, as people do. */
  create(slug: string, step: number): void {
    this.repositories.push(addWithFile(this.home, slug, step));
  }

  /** To be called after every single change. */
  noteLosses(): void {
    const now = this.#components();
    this.#neverGone = new Set(
      [...this.#neverGone].filter(name => now.has(name)),
    );
  }

  /** The names of the components that the workspace had all the time. */
  get neverGone(): string[] {
    return [...this.#neverGone];
  }

  #components(): Set<string> {
    const uuids = new Set(this.repositories.map(({ uuid }) => uuid));
    const lines = [...workspaceTruth(this.home)]
      .filter(([uuid]) => uuids.has(uuid))
      .flatMap(([, ofRepository]) => ofRepository);
    return new Set(
      lines.flatMap(line => /^Component (\S+)/.exec(line)?.[1] ?? []),
    );
  }
}

/** What a catalog is to show of a workspace. */
export function workspaceTruth({ repositories }: SimulatedWorkspace): Truth {
  return truthOf({
    fileUrl: cloudFileUrl,
    shown: repositories.filter(
      ({ project }) => project.key !== EXCLUDED_PROJECT,
    ),
  });
}

/** Adds an empty repository, and pushes one catalog file to it. */
export function addWithFile(
  workspace: SimulatedWorkspace,
  slug: string,
  step: number,
): SimulatedRepository {
  const repository = workspace.addRepository({ slug, project: 'SHOP' });
  const path = catalogFileIn('');
  workspace.push(slug, { [path]: catalogFile(repository, path, step) });
  return repository;
}
