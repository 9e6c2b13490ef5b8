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
import { findConflicts, placeAt } from './conflicts';
import { CatalogDocument, ParsedFile } from './documents';
import { LIMITS } from './limits';
import { isOfUrls, isTaken, LoadedFile } from './loadedFile';
import type { ReadersOf } from './FileLoader';
import { CheckedRepository, placeOf } from './places';
import { readTargets } from './placeholders';
import { CatalogState, planChanges, PlannedEntity, PlannedFile } from './plan';
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
    files.push(...(await this.#goneTargets(loaded, files)));
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
    const { path, oldPath, location, isTouched } = file;
    return {
      isDeleted: path === undefined,
      path,
      oldPath,
      location,
      oldLocation: this.#oldLocationOf(file),
      isTouched,
      isTaken: isTaken(file),
      head: entities(file.head),
      base: entities(file.base),
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

  /** Files that the catalog reads for Locations today, and then no longer. */
  async #goneTargets(
    loaded: readonly LoadedFile[],
    files: readonly PlannedFile[],
  ): Promise<PlannedFile[]> {
    const { urls } = this.#repository;
    const listed = new Set(
      files.map(({ location }) => placeAt(urls, location)),
    );
    const gone = new Map<string, { path: string; refs: Set<string> }>();
    for (const file of loaded.filter(isTaken)) {
      const before = this.#targetsOf(file.base, {
        path: file.oldPath ?? '',
        location: this.#oldLocationOf(file) ?? file.location,
      });
      const after = this.#targetsOf(file.head, {
        path: file.path ?? '',
        location: file.location,
      });
      const still = new Set(after.map(({ path }) => path));
      const refs = new Set(before.flatMap(one => one.entityRef ?? []));
      before
        .filter(({ path }) => !still.has(path))
        .filter(({ url }) => !listed.has(placeAt(urls, url)))
        .slice(0, LIMITS.targets)
        .forEach(({ path, url }) => gone.set(url, { path, refs }));
    }
    const readers = await this.#readersOf([...gone.keys()]);
    return [...gone]
      .filter(([url, { refs }]) =>
        readers.get(url)?.every(({ entityRef }) => refs.has(entityRef)),
      )
      .map(([url, { path }]) => ({
        isDeleted: false,
        oldPath: path,
        location: url,
        oldLocation: url,
        isTaken: true,
        isTouched: true,
        head: [],
        base: [],
      }));
  }

  #targetsOf(
    parsed: ParsedFile | undefined,
    file: { path: string; location: string },
  ): { entityRef?: string; path: string; url: string }[] {
    return (parsed?.documents ?? []).flatMap(
      ({ value, entityRef, tooComplex }) => {
        const targets = tooComplex ? undefined : readTargets(value);
        if (!targets || !isOfUrls(targets)) {
          return [];
        }
        return targets.targets.flatMap(({ target }) => {
          const place = placeOf(this.#repository, file, target);
          return place.kind === 'here'
            ? { entityRef, path: place.path, url: place.branchUrl }
            : [];
        });
      },
    );
  }

  async #readState(files: readonly PlannedFile[]): Promise<CatalogState> {
    const urls = files.flatMap(({ oldLocation }) => oldLocation ?? []);
    const readers = await this.#readersOf(urls);
    const parents = [...readers.values()].flat();
    const children = await readChildren(
      this.#tables,
      parents.map(({ entityRef }) => entityRef),
    );
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
      files.flatMap(({ head }) => head.map(({ entityRef }) => entityRef)),
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

function urlOf(locationKey: string | null): string | undefined {
  return locationKey?.startsWith('url:')
    ? locationKey.slice('url:'.length)
    : undefined;
}
