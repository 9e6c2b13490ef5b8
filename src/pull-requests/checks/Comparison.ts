import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  countReferrers,
  readChildren,
  readLocationKeys,
} from '../../catalog-tables/entities';
import { CatalogTables } from '../../catalog-tables/CatalogTables';
import { HEAD } from '../../scm/urls';
import { EntityChange, Finding } from '../checkResult';
import { CheckRequest } from './checkRequest';
import { findConflicts } from './conflicts';
import { CatalogDocument, ParsedFile } from './documents';
import { findGoneTargets, urlOf } from './goneTargets';
import { LIMITS } from './limits';
import { isTaken, LoadedFile } from './loadedFile';
import type { ReadersOf } from './FileLoader';
import { CheckedRepository } from './places';
import { PlannedEntity, PlannedFile } from './mergeEntities';
import { CatalogState, planChanges } from './plan';
import { mergeEntities } from './mergeEntities';
import { findMissingReferences } from './missingReferences';
import { findRemovals } from './removals';

/** Compares a pull request with what the catalog has. */
export class Comparison {
  readonly findings: Finding[] = [];
  readonly #request: CheckRequest;
  readonly #repository: CheckedRepository;
  readonly #tables: CatalogTables;
  readonly #catalog: Pick<CatalogService, 'getEntitiesByRefs'>;
  readonly #credentials: BackstageCredentials;
  readonly #readersOf: ReadersOf;

  constructor(options: {
    request: CheckRequest;
    repository: CheckedRepository;
    tables: CatalogTables;
    catalog: Pick<CatalogService, 'getEntitiesByRefs'>;
    credentials: BackstageCredentials;
    readersOf: ReadersOf;
  }) {
    this.#request = options.request;
    this.#repository = options.repository;
    this.#tables = options.tables;
    this.#catalog = options.catalog;
    this.#credentials = options.credentials;
    this.#readersOf = options.readersOf;
  }

  /**
   * @param rejected - documents whose entities the catalog rejects
   * @param changed - fields that change although their document does not
   * @returns what merging would do
   */
  async compare(
    loaded: readonly LoadedFile[],
    rejected: ReadonlySet<CatalogDocument>,
    changed: ReadonlyMap<CatalogDocument, string[]>,
  ): Promise<EntityChange[]> {
    const files = loaded.map(file =>
      this.#toPlanned(file, { rejected, changed }),
    );
    files.push(
      ...(await findGoneTargets(files, {
        repository: this.#repository,
        tables: this.#tables,
        readersOf: this.#readersOf,
      })),
    );
    const state = await this.#readState(files);
    const { settings, repository } = this.#request;
    this.findings.push(
      ...findConflicts(files, state, {
        severity: settings.conflicts,
        urls: this.#repository.urls,
        isPublic: !repository.isPrivate,
      }),
    );
    const plan = planChanges(files, state);
    plan.push(...(await this.#orphans(plan, files)));
    await this.#countReferrers(plan);
    this.findings.push(...findRemovals(plan, files, settings.removals));
    if (settings.references !== 'off') {
      this.findings.push(
        ...(await findMissingReferences(loaded, plan, {
          severity: settings.references,
          isPublic: !repository.isPrivate,
          tables: this.#tables,
          catalog: this.#catalog,
          credentials: this.#credentials,
        })),
      );
    }
    return plan;
  }

  #toPlanned(
    file: LoadedFile,
    {
      rejected,
      changed,
    }: {
      rejected: ReadonlySet<CatalogDocument>;
      changed: ReadonlyMap<CatalogDocument, string[]>;
    },
  ): PlannedFile {
    const entities = (parsed?: ParsedFile): PlannedEntity[] =>
      (parsed?.documents ?? []).flatMap(document =>
        document.entityRef === undefined || document.tooComplex
          ? []
          : {
              entityRef: document.entityRef,
              value: document.value,
              line: document.lineOf('/metadata/name'),
              isRejected: rejected.has(document),
              changedFields: changed.get(document) ?? [],
            },
      );
    const { path, oldPath, location, isTouched, branchChange } = file;
    const { before } = branchChange ?? {};
    return {
      isDeleted: path === undefined,
      path,
      oldPath,
      location,
      oldLocation: this.#oldLocationOf(file),
      isTouched,
      isTaken: isTaken(file),
      head: file.merged
        ? asInHead(entities(file.merged), entities(file.head))
        : entities(file.head),
      base: entities(file.base),
      ...(branchChange
        ? { branchChange: before ? { before: entities(before) } : {} }
        : {}),
    };
  }

  /** The URL under which the catalog has a file today, written as the one that is given. */
  #oldLocationOf({ path, oldPath, location }: LoadedFile): string | undefined {
    if (oldPath === undefined) {
      return undefined;
    }
    if (path === undefined || path === oldPath) {
      return location;
    }
    const { urls, fullName, branch } = this.#repository;
    const isDefault = location === urls.file(fullName, HEAD, path);
    return urls.file(fullName, isDefault ? HEAD : branch, oldPath);
  }

  async #readState(files: readonly PlannedFile[]): Promise<CatalogState> {
    const urls = files.flatMap(({ oldLocation }) => oldLocation ?? []);
    const readers = await this.#readersOf(urls);
    const parents = [...readers.values()].flat();
    // What is found by wildcards is not known by the URL that finds it.
    const locations = files.flatMap(({ base }) =>
      base.filter(({ entityRef }) => entityRef.startsWith('location:')),
    );
    const children = await readChildren(this.#tables, [
      ...new Set([...parents, ...locations].map(({ entityRef }) => entityRef)),
    ]);
    const current = new Map(
      urls.map(url => [
        url,
        children
          .filter(({ locationKey }) => locationKey === `url:${url}`)
          .map(({ entityRef }) => entityRef),
      ]),
    );
    const refs = new Set([
      ...files.flatMap(({ head, base }) =>
        [...head, ...base].map(({ entityRef }) => entityRef),
      ),
      ...[...current.values()].flat(),
    ]);
    const keys = await readLocationKeys(this.#tables, [...refs]);
    return { keys, current };
  }

  /** What the catalog has only from Locations that are removed. */
  async #orphans(
    plan: readonly EntityChange[],
    files: readonly PlannedFile[],
  ): Promise<EntityChange[]> {
    const orphans: EntityChange[] = [];
    const staying = new Set(
      files.flatMap(file => {
        const { own, others } = mergeEntities(file);
        return [...own.map(({ entityRef }) => entityRef), ...others];
      }),
    );
    const gone = new Map(
      plan
        .filter(({ action }) => action === 'remove')
        .map(({ entityRef, path }) => [entityRef, path]),
    );
    let latest = [...gone.keys()];
    for (let depth = 0; depth < LIMITS.locationDepth; depth += 1) {
      const children = await readChildren(
        this.#tables,
        latest.filter(ref => ref.startsWith('location:')),
      );
      const urls = children.flatMap(
        ({ locationKey }) => urlOf(locationKey) ?? [],
      );
      const readers = await this.#readersOf([...new Set(urls)]);
      const found = children.filter(({ entityRef, locationKey }) => {
        const others = readers.get(urlOf(locationKey) ?? '') ?? [];
        return (
          !gone.has(entityRef) &&
          !staying.has(entityRef) &&
          others.every(reader => gone.has(reader.entityRef))
        );
      });
      for (const { entityRef, parentRef, locationKey } of found) {
        const path = gone.get(parentRef) ?? '';
        gone.set(entityRef, path);
        if (this.#mayName(locationKey)) {
          orphans.push({ entityRef, action: 'remove', path });
        }
      }
      latest = found.map(({ entityRef }) => entityRef);
    }
    return orphans;
  }

  /** In a public repository, what other repositories define is not named. */
  #mayName(locationKey: string | null): boolean {
    const { fullName, isPrivate } = this.#request.repository;
    const url = urlOf(locationKey);
    if (isPrivate || url === undefined) {
      return isPrivate;
    }
    try {
      const { fullName: ofUrl, isById } = this.#repository.urls.parse(url);
      return !isById && ofUrl.toLowerCase() === fullName.toLowerCase();
    } catch {
      return false;
    }
  }

  async #countReferrers(plan: readonly EntityChange[]): Promise<void> {
    const removed = plan.filter(({ action }) => action === 'remove');
    if (!this.#request.repository.isPrivate || removed.length === 0) {
      return;
    }
    const refs = removed.map(({ entityRef }) => entityRef);
    const counts = await countReferrers(this.#tables, refs, new Set(refs));
    removed.forEach(change => {
      change.referrers = counts.get(change.entityRef) ?? 0;
    });
  }
}

/** Entities of the branch, with what was found out of those at the head. */
function asInHead(
  entities: readonly PlannedEntity[],
  head: readonly PlannedEntity[],
): PlannedEntity[] {
  return entities.map(entity => {
    const inHead = head.find(one => one.entityRef === entity.entityRef);
    const { line, isRejected, changedFields } = inHead ?? entity;
    return { ...entity, line, isRejected, changedFields };
  });
}
