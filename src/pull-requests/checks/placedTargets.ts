import { JsonObject } from '@backstage/types';
import { LIMITS } from './limits';
import { isOfUrls, LoadedFile, TargetLink } from './loadedFile';
import { readTargets } from './placeholders';
import {
  CheckedRepository,
  headOf,
  Place,
  PlacedFile,
  placeOf,
} from './places';
import { Reader } from './Reader';

/** A target of a Location, and where it leads. */
export type PlacedTarget = { entityRef?: string; place: Place };

/** Where the targets of the Locations of a file lead. */
export function placedTargets(
  repository: CheckedRepository,
  entities: readonly { value: JsonObject; entityRef?: string }[],
  file: PlacedFile,
): PlacedTarget[] {
  return entities.flatMap(({ value, entityRef }) => {
    const targets = readTargets(value);
    return targets && isOfUrls(targets)
      ? targets.targets.map(({ target }) => ({
          entityRef,
          place: placeOf(repository, file, target),
        }))
      : [];
  });
}

/** Whether a file is at a place, or is one of the files there. */
export function isAt(place: Place, path: string): boolean {
  return place.kind === 'here'
    ? place.path === path
    : place.kind === 'pattern' && place.matches(path);
}

/** Finds the files of targets with wildcards, as many as a check may look at. */
export class WildcardTargets {
  readonly #repository: CheckedRepository;
  readonly #reader: Reader;
  readonly #taken = new Set<string>();

  constructor(repository: CheckedRepository, reader: Reader) {
    this.#repository = repository;
    this.#reader = reader;
  }

  /**
   * Links to the single files that a target finds, as if each were a target. The link of
   * the target itself gets to know how many there are.
   */
  async expand(link: TargetLink): Promise<TargetLink[]> {
    const { place, from, pointer } = link;
    if (place.kind !== 'pattern') {
      return [];
    }
    const found = await this.#reader.find(place.pattern);
    const paths = found?.filter(place.matches);
    const wanted = (paths ?? []).filter(path => this.#take(path));
    link.found = paths?.length;
    link.checked = wanted.length;
    return wanted.map((path): TargetLink => ({
      from,
      pointer,
      target: path,
      place: {
        kind: 'here',
        path,
        url: headOf(this.#repository, path),
        branchUrl: place.branchUrlOf(path),
      },
    }));
  }

  /** Of a Location that stays as it is, only those files matter that are touched. */
  linkKnown(link: TargetLink, files: readonly LoadedFile[]): void {
    const { from, pointer, place } = link;
    for (const file of files.filter(({ isByWildcard }) => isByWildcard)) {
      const path = file.path ?? file.oldPath ?? '';
      if (place.kind === 'pattern' && place.matches(path)) {
        file.originUrl = from.file.originUrl;
        const url = headOf(this.#repository, path);
        const found: TargetLink = {
          from,
          pointer,
          target: path,
          place: { kind: 'here', path, url, branchUrl: file.location },
          file,
        };
        file.parents.push(found);
        // One that is deleted is no longer found, which is not an error.
        from.links.push(...(file.path === undefined ? [] : [found]));
      }
    }
  }

  #take(path: string): boolean {
    if (this.#taken.size < LIMITS.matches) {
      this.#taken.add(path);
    }
    return this.#taken.has(path);
  }
}
