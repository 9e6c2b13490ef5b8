import { Finding } from '../discovery';
import { Comparison, INCONCLUSIVE } from './comparison';
import { fromTarget, locate, LocatedFile } from './locations';
import { ToldFile } from './ProviderMemory';

/** By uuid of the repository. */
type Told = Map<string, ToldFile[]>;

const placeOf = ({ target }: ToldFile) => fromTarget(target)?.place;

/** Whether the catalog was told of just the files that were found, or nothing could be found out. */
export function isTold(finding: Finding, told: Told): boolean {
  if (finding.reason && INCONCLUSIVE.includes(finding.reason)) {
    return true;
  }
  const files = told.get(finding.repository.uuid) ?? [];
  const places = new Set(files.map(placeOf));
  const found = finding.reason ? [] : finding.files;
  return (
    found.length === places.size &&
    found.every(file => places.has(placeIn(finding, file.path)))
  );
}

/**
 * The targets whose content is another than when the catalog was told of them,
 * and what it is told now.
 *
 * The hash of a file that a glob finds is not known before someone reads it. A
 * hash that is known at last is no news by itself, but any update may have
 * touched a file that the catalog was told of without one.
 *
 * @param updated - uuids of the repositories that were updated since the last walk
 */
export function touchedTargets(
  findings: Finding[],
  told: Told,
  updated: Set<string>,
): { targets: string[]; told: Told } {
  const targets: string[] = [];
  const retold: Told = new Map();
  for (const finding of findings) {
    const { uuid } = finding.repository;
    const before = told.get(uuid) ?? [];
    const hashes = new Map(
      finding.reason
        ? []
        : finding.files.map(({ path, hash }) => [placeIn(finding, path), hash]),
    );
    const after = before.map(file => {
      const place = placeOf(file) ?? '';
      const hash = hashes.has(place) ? hashes.get(place) : file.hash;
      const isTouched =
        file.hash === undefined
          ? hashes.has(place) && updated.has(uuid)
          : hash !== file.hash;
      return { target: file.target, hash, isTouched };
    });
    targets.push(
      ...after.filter(file => file.isTouched).map(({ target }) => target),
    );
    if (after.some(({ hash }, index) => hash !== before[index].hash)) {
      retold.set(
        uuid,
        after.map(({ target, hash }) => ({ target, hash })),
      );
    }
  }
  return { targets, told: retold };
}

/**
 * The targets that the catalog has from another repository, whose name a new one
 * has taken.
 */
export function inheritedTargets(
  { found, added }: Pick<Comparison, 'found' | 'added'>,
  told: Told,
): string[] {
  const isNew = new Set(added);
  return [...found].flatMap(([uuid, files]) =>
    told.has(uuid)
      ? []
      : files.filter(file => !isNew.has(file)).map(({ target }) => target),
  );
}

/** What the catalog has been told of, as far as it is news. */
export function toldFiles(
  found: Map<string, LocatedFile[]>,
  before: Told,
): Told {
  const news: Told = new Map();
  for (const [uuid, files] of found) {
    const told = files.map(({ target, hash }) => ({ target, hash }));
    if (JSON.stringify(told) !== JSON.stringify(before.get(uuid) ?? [])) {
      news.set(uuid, told);
    }
  }
  return news;
}

function placeIn(finding: Finding, path: string): string {
  const branch = finding.reason ? '' : finding.branch;
  return locate(finding.repository, branch, { path }).place;
}
