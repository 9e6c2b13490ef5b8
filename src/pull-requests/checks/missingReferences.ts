import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { CatalogTables } from '../../catalog-tables/CatalogTables';
import { readRefsWithPrefix } from '../../catalog-tables/entities';
import { batches } from '../../lib/batching';
import { EntityChange, Finding } from '../checkResult';
import { LIMITS } from './limits';
import { LoadedFile } from './loadedFile';
import {
  canExist,
  prefixOf,
  Reference,
  referencesOf,
  similarRef,
} from './references';
import { sentence, shown } from './wording';

/** The size of a request for entities: the catalog refuses more than 100 KiB. */
const REFS_AT_ONCE = 200;

/** Where to look for entities, and what may be said of them. */
type Options = {
  severity: 'error' | 'warning';
  /** Names of the catalog are not for everybody who can see a public repository. */
  isPublic: boolean;
  tables: CatalogTables;
  catalog: Pick<CatalogService, 'getEntitiesByRefs'>;
  credentials: BackstageCredentials;
};

/**
 * Finds references to entities that neither the catalog nor the pull request has. The
 * catalog takes them, and shows relations that lead nowhere.
 */
export async function findMissingReferences(
  files: readonly LoadedFile[],
  plan: readonly EntityChange[],
  options: Options,
): Promise<Finding[]> {
  const removed = new Set(
    plan
      .filter(({ action }) => action === 'remove')
      .map(({ entityRef }) => entityRef),
  );
  const own = new Set(
    files.flatMap(({ head }) =>
      (head?.documents ?? []).flatMap(({ entityRef }) => entityRef ?? []),
    ),
  );
  const references = files
    .filter(({ isTouched }) => isTouched)
    .flatMap(file =>
      (file.head?.documents ?? [])
        .filter(({ tooComplex }) => !tooComplex)
        .flatMap(document =>
          referencesOf(document.value).map(reference => ({
            file,
            document,
            reference,
          })),
        ),
    );
  const wanted = [
    ...new Set(references.map(({ reference }) => reference.entityRef)),
  ].filter(ref => !own.has(ref));
  const missing = await findMissing(
    wanted.slice(0, LIMITS.references),
    removed,
    options,
  );
  const hints = await findSimilar([...missing], own, removed, options);
  const findings = references
    .filter(({ reference }) => missing.has(reference.entityRef))
    // One more than are kept, so that it is said that there are more.
    .slice(0, LIMITS.findings + 1)
    .map(({ file, document, reference }): Finding => ({
      rule: 'reference',
      severity: options.severity,
      rejects: 'nothing',
      path: file.path,
      line: document.lineOf(reference.pointer),
      entityRef: document.entityRef,
      pointer: reference.pointer,
      message: sentence(
        referenceMessage(
          reference,
          hints.get(reference.entityRef),
          removed.has(reference.entityRef),
        ),
      ),
    }));
  if (wanted.length > LIMITS.references) {
    findings.push({
      rule: 'unchecked',
      severity: 'note',
      rejects: 'nothing',
      message: `Only ${LIMITS.references} references to other entities were checked.`,
    });
  }
  return findings;
}

async function findMissing(
  refs: readonly string[],
  removed: ReadonlySet<string>,
  { catalog, credentials }: Options,
): Promise<Set<string>> {
  const missing = new Set(refs);
  const possible = refs.filter(ref => canExist(ref) && !removed.has(ref));
  for (const entityRefs of batches(possible, REFS_AT_ONCE)) {
    const { items } = await catalog.getEntitiesByRefs(
      {
        entityRefs,
        fields: ['kind', 'metadata.namespace', 'metadata.name'],
      },
      { credentials },
    );
    entityRefs
      .filter((_, index) => items[index])
      .forEach(ref => missing.delete(ref));
  }
  return missing;
}

async function findSimilar(
  missing: readonly string[],
  own: ReadonlySet<string>,
  removed: ReadonlySet<string>,
  { isPublic, tables }: Options,
): Promise<Map<string, string>> {
  const candidates = new Map<string, string[]>();
  const found = new Map<string, string>();
  for (const ref of missing.filter(canExist).slice(0, LIMITS.suggestions)) {
    const prefix = prefixOf(ref);
    if (!candidates.has(prefix)) {
      const refs = isPublic
        ? []
        : await readRefsWithPrefix(tables, prefix, LIMITS.candidates);
      candidates.set(
        prefix,
        [...own, ...refs].filter(one => !removed.has(one)),
      );
    }
    const similar = similarRef(ref, candidates.get(prefix)!);
    if (similar !== undefined) {
      found.set(ref, similar);
    }
  }
  return found;
}

function referenceMessage(
  { field, entityRef }: Reference,
  hint: string | undefined,
  isRemoved: boolean,
): string {
  const ref = shown(entityRef);
  if (isRemoved) {
    return `${field} refers to ${ref}, which this pull request removes. Name another entity.`;
  }
  const fix = hint
    ? `Did you mean ${shown(hint)}?`
    : 'Fix the name, or add that entity.';
  return `${field} refers to ${ref}, which does not exist in the catalog. ${fix}`;
}
