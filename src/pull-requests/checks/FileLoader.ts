import pLimit from 'p-limit';
import { UrlReaderLocation } from '../../catalog-tables/entities';
import { CheckedFile, Finding } from '../checkResult';
import { FileContent, TouchedFile } from './checkRequest';
import { CatalogDocument, ParsedFile, parseCatalogFile } from './documents';
import { LIMITS } from './limits';
import { isOfUrls, LoadedFile, LoadedLocation, TargetLink } from './loadedFile';
import { CheckedRepository, Place, placeOf } from './places';
import {
  isAt,
  PlacedTarget,
  placedTargets,
  WildcardTargets,
} from './placedTargets';
import { readTargets } from './placeholders';
import { Reader, TOO_MUCH_TO_READ } from './Reader';
import { FILE_IS_REJECTED, sentence, shown } from './wording';

/** Says what reads some URLs today, by URL. */
export type ReadersOf = (
  urls: readonly string[],
) => Promise<ReadonlyMap<string, UrlReaderLocation[]>>;

/** Reads the files of a pull request and the targets of the Locations in them. */
export class FileLoader {
  readonly files: LoadedFile[] = [];
  readonly findings: Finding[] = [];
  readonly #repository: CheckedRepository;
  readonly #reader: Reader;
  readonly #wildcards: WildcardTargets;
  readonly #readersOf: ReadersOf;
  readonly #now: () => number;
  #readers: ReadonlyMap<string, UrlReaderLocation[]> = new Map();
  #targetsLeft: number = LIMITS.targets;

  constructor(options: {
    repository: CheckedRepository;
    reader: Reader;
    readersOf: ReadersOf;
    now: () => number;
  }) {
    this.#repository = options.repository;
    this.#reader = options.reader;
    this.#wildcards = new WildcardTargets(options.repository, options.reader);
    this.#readersOf = options.readersOf;
    this.#now = options.now;
  }

  async load(touched: readonly TouchedFile[]): Promise<void> {
    this.#readers = await this.#readersOf(
      touched.slice(0, LIMITS.files).map(({ location }) => location),
    );
    const limit = pLimit(READS_AT_ONCE);
    const loaded = await Promise.all(
      touched.slice(0, LIMITS.files).map(file => limit(() => this.#load(file))),
    );
    this.files.push(...loaded);
    for (const file of touched.slice(LIMITS.files)) {
      this.findings.push({
        rule: 'unchecked',
        severity: 'warning',
        rejects: 'nothing',
        path: file.path,
        message: `This file was not checked, since the pull request touches more than ${LIMITS.files} catalog files.`,
      });
    }
    let latest = loaded;
    for (let depth = 0; depth < LIMITS.locationDepth; depth += 1) {
      latest = await this.#loadTargets(latest);
    }
    latest.flatMap(file => file.locations).forEach(one => this.#tooDeep(one));
    this.#findOwn();
  }

  /** Files that only Locations of this pull request read are not read by themselves. */
  #findOwn(): void {
    const refs = new Set(
      this.files.flatMap(({ locations }) =>
        locations.map(({ document }) => document.entityRef),
      ),
    );
    for (const file of this.files.filter(({ parents }) => parents.length > 0)) {
      const readers = this.#readers.get(file.location) ?? [];
      file.isOwn &&=
        (readers.length === 0 && !file.isByWildcard) ||
        readers.some(({ entityRef }) => !refs.has(entityRef));
    }
  }

  async #load(touched: TouchedFile): Promise<LoadedFile> {
    const { path, oldPath, location, isTouched } = touched;
    const { isForTargets, isByWildcard } = touched;
    const readers = this.#readers.get(location) ?? [];
    const origins = readers.flatMap(({ originUrl }) => originUrl ?? []);
    const file: LoadedFile = {
      path,
      oldPath,
      isTouched,
      isForTargets,
      isByWildcard,
      location,
      originUrl: origins.includes(location)
        ? location
        : (origins[0] ?? location),
      change: changeOf(touched),
      isOwn: true,
      parents: [],
      locations: [],
      steps: [],
      isRejected: false,
    };
    if (path !== undefined) {
      const at = this.#now();
      const content = await this.#reader.read('head', path);
      this.#take(file, path, content, at);
    }
    if (oldPath !== undefined) {
      const content = await this.#reader.read('base', oldPath);
      if (content && 'content' in content) {
        file.base = parseCatalogFile(content.content);
      }
    }
    return file;
  }

  #take(
    file: LoadedFile,
    path: string,
    content: FileContent | undefined,
    at: number,
  ): void {
    const step = { name: 'Read at the head', at, ms: this.#now() - at };
    const problem = whyNotRead(content);
    if (content && 'content' in content && !problem) {
      const parsed = parseCatalogFile(content.content);
      if (!parsed.tooComplex) {
        file.head = parsed;
        file.locations = locationsOf(file, parsed);
        file.steps.push({ ...step, verdict: 'passed' });
        return;
      }
      const message = sentence(
        `This file was not checked, since ${parsed.tooComplex}.`,
      );
      file.steps.push({ ...step, verdict: 'skipped', message });
      this.findings.push({
        rule: 'unchecked',
        severity: 'warning',
        rejects: 'nothing',
        path,
        message,
      });
      return;
    }
    file.isRejected = content !== undefined;
    const message = problem ?? NOT_READ;
    file.steps.push({
      ...step,
      verdict: file.isRejected ? 'failed' : 'skipped',
      message,
    });
    this.findings.push({
      rule: file.isRejected ? 'target' : 'unchecked',
      severity: file.isRejected ? 'error' : 'warning',
      rejects: file.isRejected ? 'file' : 'nothing',
      path,
      message: file.isRejected ? `${message} ${FILE_IS_REJECTED}` : message,
    });
  }

  /** @returns files that were not known before, and whose own targets are read next */
  async #loadTargets(files: readonly LoadedFile[]): Promise<LoadedFile[]> {
    const added: LoadedFile[] = [];
    for (const location of files.flatMap(file => file.locations)) {
      const { targets } = location.targets;
      const { path = '', oldPath = path, location: url } = location.file;
      // They were checked when they came.
      const before = placedTargets(
        this.#repository,
        withoutComplex(location.file.base),
        { path: oldPath, location: url },
      );
      const wanted = targets.slice(0, this.#targetsLeft);
      this.#targetsLeft -= wanted.length;
      this.#leaveOut(location, targets.length - wanted.length);
      for (const { pointer, target } of wanted) {
        const file = { path, location: url };
        const place = placeOf(this.#repository, file, target);
        const link: TargetLink = { from: location, pointer, target, place };
        location.links.push(link);
        if (!isOfUrls(location.targets)) {
          continue;
        }
        if (!location.file.isTouched) {
          this.#wildcards.linkKnown(link, this.files);
        }
        const found = location.file.isTouched
          ? await this.#wildcards.expand(link)
          : [];
        location.links.push(...found);
        for (const one of [link, ...found]) {
          added.push(...(await this.#follow(one, before)));
        }
      }
    }
    return added;
  }

  /** @returns the file that a link names, where it was not known before */
  async #follow(
    link: TargetLink,
    before: readonly PlacedTarget[],
  ): Promise<LoadedFile[]> {
    const { place, from } = link;
    if (place.kind !== 'here') {
      return [];
    }
    const known = this.files.find(
      ({ path, oldPath, location: url }) =>
        (path ?? oldPath) === place.path &&
        this.#isSamePlace(url, place.branchUrl),
    );
    const isNew =
      !known &&
      !before.some(one => isAt(one.place, place.path)) &&
      this.files.length < LIMITS.files;
    const added = isNew ? await this.#loadTarget(from, place) : undefined;
    link.file = known ?? added;
    link.file?.parents.push(link);
    this.files.push(...(added ? [added] : []));
    return added ? [added] : [];
  }

  /** A file that the catalog reads only once the pull request is merged. */
  async #loadTarget(
    location: LoadedLocation,
    place: Extract<Place, { kind: 'here' }>,
  ): Promise<LoadedFile | undefined> {
    const { path, branchUrl } = place;
    const content = await this.#reader.read('head', path);
    // What is missing is said of the Location, at the line of its target.
    if (!content || !('content' in content)) {
      return undefined;
    }
    const before = await this.#reader.read('base', path);
    const isThere = before !== undefined && 'content' in before;
    const file = await this.#load({
      path,
      oldPath: isThere ? path : undefined,
      location: branchUrl,
      isTouched: true,
    });
    const readers = await this.#readersOf([branchUrl]);
    file.originUrl = location.file.originUrl;
    file.isOwn = (readers.get(branchUrl) ?? []).length > 0;
    if (!file.isOwn) {
      // What it has is new to the catalog, also where the file is not.
      file.oldPath = undefined;
      file.base = undefined;
    }
    return file;
  }

  #isSamePlace(one: string, other: string): boolean {
    const { urls } = this.#repository;
    try {
      return urls.place(urls.parse(one)) === urls.place(urls.parse(other));
    } catch {
      return one === other;
    }
  }

  #leaveOut({ file, document }: LoadedLocation, count: number): void {
    if (count > 0) {
      this.findings.push({
        rule: 'unchecked',
        severity: 'warning',
        rejects: 'nothing',
        path: file.path,
        line: document.lineOf('/spec'),
        entityRef: document.entityRef,
        message: `${count} targets of this Location were not checked, since the pull request has more than ${LIMITS.targets}.`,
      });
    }
  }

  #tooDeep({ file, document, targets }: LoadedLocation): void {
    this.findings.push(
      ...targets.targets.map(({ pointer, target }): Finding => ({
        rule: 'unchecked',
        severity: 'note',
        rejects: 'nothing',
        path: file.path,
        line: document.lineOf(pointer),
        entityRef: document.entityRef,
        pointer,
        message: `${shown(target)} was not checked, since more than ${LIMITS.locationDepth} Locations lead to it.`,
      })),
    );
  }
}

/** The host has limits of its own; more only waits there. */
const READS_AT_ONCE = 4;

const NOT_READ = `This file was not checked, since ${TOO_MUCH_TO_READ}.`;

function whyNotRead(content: FileContent | undefined): string | undefined {
  if (content === undefined || 'content' in content) {
    return undefined;
  }
  return {
    absent: 'This file does not exist at the head of the pull request.',
    'too-large': 'This file is larger than the catalog reads.',
    lfs: 'This file is in Git LFS, which the catalog does not read.',
  }[content.missing];
}

function changeOf({
  path,
  oldPath,
  isTouched,
}: TouchedFile): CheckedFile['change'] {
  if (path === undefined) {
    return 'removed';
  }
  if (oldPath === undefined) {
    return isTouched ? 'added' : 'changed';
  }
  return path === oldPath ? 'changed' : 'moved';
}

function locationsOf(file: LoadedFile, parsed: ParsedFile): LoadedLocation[] {
  return parsed.documents.flatMap(document => {
    const targets = document.tooComplex
      ? undefined
      : readTargets(document.value);
    return targets
      ? { file, document, targets, links: [], isRejected: false }
      : [];
  });
}

function withoutComplex(file: ParsedFile | undefined): CatalogDocument[] {
  return (file?.documents ?? []).filter(({ tooComplex }) => !tooComplex);
}
