import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { Knex } from 'knex';
import { KnownName, RepositoryIndex } from '../workspace';
import { readCatalogLocations } from './catalogLocations';
import { LocatedFile } from './locations';
import { Move, MovedEntities } from './movedEntities';
import { leaveToRegistrations, readRegisteredUrls } from './registrations';

/** What the catalog has of an entity provider. */
export type Current = {
  files: LocatedFile[];
  /** Those of repositories that are known. */
  byUuid: Map<string, LocatedFile[]>;
  /** The repositories of the files, by full name, as far as they are known. */
  known: Map<string, KnownName>;
};

/** Reads what the catalog has, at most once, and only if someone wants to know. */
export class KnownCatalog {
  readonly #knex: Knex;
  readonly #index: RepositoryIndex;
  readonly #provider: string;
  readonly #logger: LoggerService;
  #current?: Promise<Current | undefined>;

  constructor(options: {
    knex: Knex;
    index: RepositoryIndex;
    /** The entity provider's name. */
    provider: string;
    logger: LoggerService;
  }) {
    this.#knex = options.knex;
    this.#index = options.index;
    this.#provider = options.provider;
    this.#logger = options.logger;
  }

  /** Undefined where it cannot be told, so that nothing may be removed. */
  async read(): Promise<Current | undefined> {
    this.#current ??= this.#read();
    return this.#current;
  }

  /** What the catalog has of files that were moved. */
  movedEntities(moves: Move[]): MovedEntities {
    return new MovedEntities(this.#knex, this.#provider, moves);
  }

  /** Leaves what someone has registered by themselves to that registration. */
  async leaveRegistered(): Promise<void> {
    try {
      await leaveToRegistrations(this.#knex, this.#provider);
    } catch (error) {
      this.#logger.debug(
        `What is registered cannot be left to whoever did: ${toError(error).message}`,
      );
    }
  }

  /** Those that nobody has registered by themselves. */
  async withoutRegistered(files: LocatedFile[]): Promise<LocatedFile[]> {
    const targets = files.map(({ target }) => target);
    try {
      const registered = await readRegisteredUrls(this.#knex, targets);
      return files.filter(({ target }) => !registered.has(target));
    } catch (error) {
      this.#logger.debug(
        `What is registered cannot be told: ${toError(error).message}`,
      );
      return files;
    }
  }

  async #read(): Promise<Current | undefined> {
    const files = await this.#readFiles();
    if (!files) {
      return undefined;
    }
    const names = files.map(({ fullName }) => fullName);
    const known = await this.#index.names(names);
    const byUuid = new Map<string, LocatedFile[]>();
    for (const file of files) {
      const uuid = known.get(file.fullName)?.uuid;
      if (uuid !== undefined) {
        const others = byUuid.get(uuid) ?? [];
        others.push(file);
        byUuid.set(uuid, others);
      }
    }
    return { files, byUuid, known };
  }

  async #readFiles(): Promise<LocatedFile[] | undefined> {
    try {
      return await readCatalogLocations(this.#knex, this.#provider);
    } catch (error) {
      this.#logger.warn(
        `What the catalog has cannot be told, so that this walk only adds: ${
          toError(error).message
        }`,
      );
      return undefined;
    }
  }
}
