import { LoggerService } from '@backstage/backend-plugin-api';
import { CatalogScmEvent } from '@backstage/plugin-catalog-node/alpha';
import { readEmittedTargets } from '../catalog-tables/EmittedLocation';
import { readUnreadNow } from '../catalog-tables/processing';
import { readRegisteredUrls } from '../catalog-tables/refreshKeys';
import {
  ChangeSubscriber,
  RepositoryChange,
} from '../changes/ChangeSubscriber';
import { ChangedRepository } from '../changes/ChangedRepository';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { EventInRepository } from '../scm/changes';
import { isForbiddenError, isNotFoundError } from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { ScmUrls } from '../scm/urls';
import {
  fileEvent,
  readRegisteredFiles,
  RegisteredFile,
} from './RegisteredFile';
import { ScmEvents } from './ScmEvents';

/** A full name that something is registered under, after a delivery about a repository. */
type NameClaim = {
  /** Of the repository that the delivery is about. */
  uuid: string;
  /** Whether Bitbucket has a repository with that uuid. */
  exists: boolean;
  /** Whether Bitbucket has said before that the name is the repository's. */
  isRecorded: boolean;
  /** The uuid that Bitbucket has under the name now; undefined where there is none. */
  holder: string | undefined;
};

/**
 * Whether what is registered under a name may be refreshed, moved or unregistered
 * with the repository. A delivery may be forged, or so late that another
 * repository has the name by now, so that it proves neither that the repository
 * had the name nor that the name is free.
 */
export function isClaimed({
  uuid,
  exists,
  isRecorded,
  holder,
}: NameClaim): boolean {
  return holder === undefined ? isRecorded : exists && holder === uuid;
}

/**
 * Has the catalog follow what it reads by URL, whether it is registered by someone, from
 * the configuration, or named in another file: after a push the mirror has the new
 * content, so that the next reading does, and SCM events let the catalog refresh,
 * move and unregister what is concerned. A delivery proves nothing: what is registered under a
 * name is touched only where Bitbucket, asked for that name, does not have another
 * repository there.
 */
export class RegisteredLocations implements ChangeSubscriber<
  EventInRepository['kind']
> {
  /** No file depends on the key of a project. */
  readonly kinds = ['push', 'repository'] as const;
  readonly #index: WorkspaceIndex;
  readonly #scmEvents: ScmEvents;
  readonly #logger: LoggerService;

  constructor(options: {
    index: WorkspaceIndex;
    scmEvents: ScmEvents;
    logger: LoggerService;
  }) {
    this.#index = options.index;
    this.#scmEvents = options.scmEvents;
    this.#logger = options.logger;
  }

  async skipReason(event: EventInRepository): Promise<string | undefined> {
    const names = await this.#index.repositories.namesOf(event.uuid);
    const files = await this.#filesOf(event, names);
    if (files.length === 0) {
      return `${event.fullName}: the catalog reads nothing in it by URL`;
    }
    if (event.kind !== 'push') {
      return undefined;
    }
    const branches = event.branches.map(({ name }) => name);
    const known = await this.#index.repositories.byName(files[0].fullName);
    return files.every(
      file =>
        !branches.includes(
          file.branchOf(known?.repository ?? {}, branches) ?? '',
        ),
    )
      ? `${event.fullName}: the catalog reads nothing by URL on the branches of the push`
      : undefined;
  }

  async handle(change: RepositoryChange): Promise<void> {
    const { events, context } = change;
    const event = events[events.length - 1];
    const recorded = await this.#index.repositories.namesOf(event.uuid);
    const files = await this.#filesOf(event, recorded);
    if (files.length === 0) {
      return;
    }
    const repository = await this.#find(
      change.repository,
      event,
      files,
      recorded,
    );
    const isDeleted = events.some(one => 'isDeleted' in one);
    if (!repository && !isDeleted) {
      return;
    }
    const own: RegisteredFile[] = [];
    for (const [name, named] of groupBy(files, ({ fullName }) => fullName)) {
      const isRecorded = recorded.includes(name);
      if (await this.#isOwn(change.repository, name, isRecorded, repository)) {
        own.push(...named);
      }
    }
    await this.#publish(
      event,
      repository
        ? [
            ...moveEvents(this.#index.host.urls, own, repository),
            ...(await this.#fileEvents(own, repository, events, context)),
          ]
        : repositoryUrls(own).map(url => ({ type: 'repository.deleted', url })),
    );
  }

  /** The repository as it is now, in the workspace where it was or is said to be. */
  async #find(
    changed: ChangedRepository,
    { workspace }: EventInRepository,
    files: RegisteredFile[],
    recorded: string[],
  ): Promise<Repository | undefined> {
    const name =
      recorded.find(one => files.some(({ fullName }) => fullName === one)) ??
      files[0].fullName;
    const known = await this.#index.repositories.byName(name);
    const selection = known?.selection ?? {
      workspace: this.#index.host.workspaceOf(name),
    };
    return (await changed.current(selection)) ?? changed.current({ workspace });
  }

  /** Whether what is registered under a name may follow the repository. */
  async #isOwn(
    changed: ChangedRepository,
    name: string,
    isRecorded: boolean,
    repository: Repository | undefined,
  ): Promise<boolean> {
    if (repository?.fullName.toLowerCase() === name) {
      // Bitbucket has just said so.
      return true;
    }
    try {
      const holder = (await changed.byName(name))?.uuid;
      const exists = repository !== undefined;
      const { uuid } = changed;
      return isClaimed({ uuid, exists, isRecorded, holder });
    } catch (error) {
      if (!isForbiddenError(error) && !isNotFoundError(error)) {
        throw error;
      }
      // As with a workspace that the credential may not enter any more.
      this.#logger.debug(
        `The registered locations in ${name} are not updated after a delivery, since Bitbucket does not say which repository has that name: ${error.message}`,
      );
      return false;
    }
  }

  /**
   * What is read by URL under the names of a repository, without what only entity
   * providers have emitted, since they refresh that.
   *
   * @param recorded - the names that the mirror has
   */
  async #filesOf(
    { uuid, fullName }: EventInRepository,
    recorded: string[],
  ): Promise<RegisteredFile[]> {
    const knex = await this.#index.open();
    const files = await readRegisteredFiles(this.#index, [
      ...new Set([...recorded, fullName]),
    ]);
    const emitted = await readEmittedTargets(knex, uuid);
    const both = files.filter(({ url }) => emitted.has(url));
    const registered = await readRegisteredUrls(
      this.#index.catalog,
      both.map(({ url }) => url),
    );
    return files.filter(({ url }) => !emitted.has(url) || registered.has(url));
  }

  async #fileEvents(
    files: RegisteredFile[],
    repository: Repository,
    events: readonly EventInRepository[],
    context: RequestContext,
  ): Promise<CatalogScmEvent[]> {
    const knex = await this.#index.open();
    const emitted = await readEmittedTargets(knex, repository.uuid);
    const published: CatalogScmEvent[] = [];
    for (const [branch, onBranch] of await this.#byBranch(
      files,
      repository,
      events,
    )) {
      const { fullName } = repository;
      const name = { fullName, ref: branch };
      const before = (await this.#index.files.known([name])).get(name);
      const after = await this.#index.files.open(repository, branch, context, {
        branchOnly: true,
      });
      const isSeen = before?.ref.commit === after?.commit;
      if (!after || (isSeen && !isPushed(branch, after.commit, events))) {
        continue;
      }
      // Where a walk or a read has seen the push before, it is not known what the catalog
      // has read since.
      const pushed = {
        repository,
        branch,
        before: isSeen ? undefined : before,
        after,
      };
      for (const file of onBranch) {
        const event = await fileEvent(this.#index.host, file, pushed, context);
        // What a provider has emitted, it has refreshed by itself.
        if (event?.type !== 'location.updated' || !emitted.has(file.url)) {
          published.push(...(event ? [event] : []));
        }
      }
    }
    return published;
  }

  /** The branches that may have moved, and what is read on them. */
  async #byBranch(
    files: RegisteredFile[],
    repository: Repository,
    events: readonly EventInRepository[],
  ): Promise<Map<string, RegisteredFile[]>> {
    const pushed = events.flatMap(event =>
      event.kind === 'push' ? event.branches : [],
    );
    const names = [
      ...(await this.#index.files.refNames(repository.fullName)),
      ...pushed.map(({ name }) => name),
    ];
    return groupBy(files, file => file.branchOf(repository, names));
  }

  async #publish(
    { fullName }: EventInRepository,
    events: CatalogScmEvent[],
  ): Promise<void> {
    const published = await this.#scmEvents.publish(events);
    await readUnreadNow(
      this.#index.catalog,
      events.flatMap(event =>
        event.type === 'location.updated' ? [event.url] : [],
      ),
    );
    if (published.length > 0) {
      const types = published.map(({ type }) => type).sort();
      this.#logger.info(
        `Published SCM events for ${fullName} after a delivery: ${types.join(', ')}`,
      );
    }
  }
}

/** Whether events say how a branch came to be where it is. */
function isPushed(
  branch: string,
  commit: string,
  events: readonly EventInRepository[],
): boolean {
  return events.some(
    event =>
      event.kind === 'push' &&
      event.branches.some(
        ({ name, head }) => name === branch && head === commit,
      ),
  );
}

/** What was registered under a name that the repository no longer has. */
function moveEvents(
  urls: ScmUrls,
  files: RegisteredFile[],
  { fullName }: Repository,
): CatalogScmEvent[] {
  const moved = files.filter(file => file.fullName !== fullName.toLowerCase());
  return repositoryUrls(moved).map(fromUrl => ({
    type: 'repository.moved',
    fromUrl,
    // The catalog puts the rest of each URL behind it.
    toUrl: urls.repositoryPart(urls.repository(fullName)),
  }));
}

function repositoryUrls(files: RegisteredFile[]): string[] {
  return [...new Set(files.map(({ repositoryUrl }) => repositoryUrl))];
}

/** Without those that have no key. */
function groupBy<T>(
  items: T[],
  keyOf: (item: T) => string | undefined,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) {
      groups.set(key, [...(groups.get(key) ?? []), item]);
    }
  }
  return groups;
}
