import { ScmUrls } from '../../scm/urls';
import { Finding } from '../checkResult';
import { PlannedEntity, PlannedFile } from './mergeEntities';
import { CatalogState } from './plan';
import { sentence, shown } from './wording';

/** An entity with the file that it is in. */
type Placed = { entity: PlannedEntity; file: PlannedFile };

/**
 * Finds entities that are defined more than once in a pull request, and those that the
 * catalog has from elsewhere. It keeps one of each reference and ignores the others,
 * which it says in the log of the backend alone.
 *
 * Marks those that it ignores as rejected.
 */
export function findConflicts(
  files: readonly PlannedFile[],
  state: CatalogState,
  options: {
    severity: 'error' | 'warning';
    urls: ScmUrls;
    /** Whether the place that the catalog has an entity from may be named. */
    isPublic: boolean;
  },
): Finding[] {
  const byRef = new Map<string, Placed[]>();
  for (const file of files.filter(({ isTouched }) => isTouched)) {
    for (const entity of file.head) {
      const found = byRef.get(entity.entityRef) ?? [];
      byRef.set(entity.entityRef, [...found, { entity, file }]);
    }
  }
  const findings: Finding[] = [];
  for (const [entityRef, placed] of byRef) {
    const key = state.keys?.get(entityRef);
    const keeper = keeperOf(placed, key);
    for (const one of placed.filter(other => other !== keeper)) {
      one.entity.isRejected = true;
      if (isSameDocument(one, keeper)) {
        continue;
      }
      findings.push({
        ...about(one),
        // The catalog has the entity all the same, from another document.
        rejects: 'nothing',
        rule: 'duplicate',
        severity: options.severity,
        message: sentence(duplicateMessage(one, keeper)),
      });
    }
    if (key && isElsewhere(keeper, key, files, options.urls)) {
      keeper.entity.isRejected = true;
      findings.push({
        ...about(keeper),
        rule: 'conflict',
        severity: options.severity,
        message: sentence(conflictMessage(entityRef, key, options)),
      });
    }
  }
  return findings;
}

function about({
  entity,
  file,
}: Placed): Omit<Finding, 'rule' | 'severity' | 'message'> {
  return {
    rejects: 'entity',
    path: file.path,
    line: entity.line,
    entityRef: entity.entityRef,
    pointer: '/metadata/name',
  };
}

/** The one that the catalog keeps: of the file that has it already, and the last there. */
function keeperOf(
  placed: readonly Placed[],
  key: string | null | undefined,
): Placed {
  const { file } =
    placed.find(one => key === `url:${one.file.location}`) ?? placed[0];
  return placed.filter(one => one.file === file).at(-1)!;
}

/** The catalog may read a file under several URLs. */
function isSameDocument(one: Placed, other: Placed): boolean {
  return (
    one.file.path === other.file.path && one.entity.line === other.entity.line
  );
}

function duplicateMessage({ entity, file }: Placed, keeper: Placed): string {
  const ref = shown(entity.entityRef);
  return file === keeper.file
    ? `${ref} is defined again in line ${keeper.entity.line}. The catalog keeps the last one only. Rename or remove one of them.`
    : `${ref} is also defined in ${shown(keeper.file.path)}, line ${keeper.entity.line}. The catalog keeps only one of them. Rename or remove one of them.`;
}

/** Whether the catalog has an entity from elsewhere, and will not get it from here. */
function isElsewhere(
  { entity, file }: Placed,
  key: string,
  files: readonly PlannedFile[],
  urls: ScmUrls,
): boolean {
  if (key === `url:${file.location}`) {
    return false;
  }
  // Not where this pull request removes it from there.
  const place = placeAt(urls, key.replace(/^url:/, ''));
  const holder = files.find(
    ({ oldLocation }) =>
      oldLocation !== undefined && placeAt(urls, oldLocation) === place,
  );
  return (
    !holder?.isTaken ||
    (holder !== file &&
      holder.head.some(({ entityRef }) => entityRef === entity.entityRef))
  );
}

/** What a URL names, however it is written. */
export function placeAt(urls: ScmUrls, url: string): string {
  try {
    return urls.place(urls.parse(url));
  } catch {
    return url;
  }
}

function conflictMessage(
  entityRef: string,
  key: string,
  { isPublic, urls }: { isPublic: boolean; urls: ScmUrls },
): string {
  const ref = shown(entityRef);
  const ending =
    'The catalog keeps that one and ignores this one. Rename this entity, or remove the other one first.';
  if (isPublic) {
    return `${ref} is already in the catalog from another location. ${ending}`;
  }
  return key.startsWith('url:')
    ? `${ref} is already defined at ${shownUrl(urls, key.slice('url:'.length))}. ${ending}`
    : `${ref} is already in the catalog from another source. ${ending}`;
}

/** Only URLs of the same host are shown. */
function shownUrl(urls: ScmUrls, url: string): string {
  const isOfHost = URL.canParse(url) && urls.matches(new URL(url));
  if (!isOfHost) {
    return 'a location on another host';
  }
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`.slice(0, 250);
}
