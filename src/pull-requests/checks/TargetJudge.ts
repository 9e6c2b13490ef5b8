import { CheckStep, Finding } from '../checkResult';
import { Visibility } from './catalogErrors';
import { FileContent } from './checkRequest';
import { CatalogDocument, parseCatalogFile } from './documents';
import { locateFileErrors } from './fileProblems';
import { LIMITS } from './limits';
import { isOfUrls, LoadedFile, LoadedLocation, TargetLink } from './loadedFile';
import { CheckedRepository, headOf } from './places';
import { CatalogProbes } from './probes';
import { Reader, TOO_MUCH_TO_READ } from './Reader';
import { sentence, shown } from './wording';

/** What is wrong with a target. If it is not an error, the target was not checked. */
type TargetProblem = { message: string; isError: boolean };

/**
 * Has the catalog say what it thinks of the targets of Locations, one by one: of a
 * Location with all of them, it would not say which one is wrong.
 */
export class TargetJudge {
  readonly findings: Finding[] = [];
  readonly #rejected: Set<CatalogDocument>;
  readonly #repository: CheckedRepository;
  readonly #probes: CatalogProbes;
  readonly #reader: Reader;
  readonly #visibility: Visibility;
  readonly #now: () => number;

  constructor(options: {
    /** Documents whose entities the catalog rejects; Locations are added. */
    rejected: Set<CatalogDocument>;
    repository: CheckedRepository;
    probes: CatalogProbes;
    reader: Reader;
    visibility: Visibility;
    now: () => number;
  }) {
    this.#rejected = options.rejected;
    this.#repository = options.repository;
    this.#probes = options.probes;
    this.#reader = options.reader;
    this.#visibility = options.visibility;
    this.#now = options.now;
  }

  /** A Location is rejected, and nothing of its targets is taken, if one cannot be read. */
  async judge(file: LoadedFile): Promise<void> {
    for (const location of file.locations) {
      location.isRejected = this.#rejected.has(location.document);
      for (const pointer of location.targets.unresolved) {
        this.#addTarget(location, pointer, {
          message:
            'What this placeholder leads to was not read, so the targets of this Location were not checked.',
        });
      }
      // Of a Location that stays as it is, the other targets were checked when they came.
      const links = file.isTouched
        ? location.links
        : location.links.filter(link => link.file);
      for (const link of links) {
        const at = this.#now();
        const problem = await this.#problemOf(link);
        if (problem?.isError) {
          location.isRejected = true;
          this.#rejected.add(location.document);
        }
        file.steps.push({
          name: `Target ${shown(link.target)}`,
          verdict: verdictOf(problem),
          at,
          ms: this.#now() - at,
          ...(problem ? { message: problem.message } : {}),
        });
        if (problem) {
          this.#addTarget(location, link.pointer, problem);
        }
      }
    }
  }

  #addTarget(
    { file, document }: LoadedLocation,
    pointer: string,
    { message, isError = false }: { message: string; isError?: boolean },
  ): void {
    this.findings.push({
      rule: isError ? 'target' : 'unchecked',
      severity: isError ? 'error' : 'note',
      rejects: isError ? 'entity' : 'nothing',
      path: file.path,
      line: document.lineOf(pointer),
      entityRef: document.entityRef,
      pointer,
      message,
    });
  }

  async #problemOf(link: TargetLink): Promise<TargetProblem | undefined> {
    const { from, place } = link;
    const what = shown(link.target);
    const unchecked = (why: string): TargetProblem => ({
      message: sentence(`${what} was not checked, since ${why}.`),
      isError: false,
    });
    if (!isOfUrls(from.targets)) {
      return unchecked('this Location is not of the type url');
    }
    if (place.kind === 'elsewhere') {
      return unchecked(`it is ${place.where}`);
    }
    const isOptional = from.targets.presence === 'optional';
    if (place.kind === 'pattern') {
      return problemOfPattern(link, isOptional);
    }
    const content: FileContent | undefined =
      link.file && link.file.path === undefined
        ? { missing: 'absent' }
        : await this.#reader.read('head', place.path);
    if (content === undefined) {
      return unchecked(TOO_MUCH_TO_READ);
    }
    if ('missing' in content) {
      return isOptional && content.missing === 'absent'
        ? undefined
        : {
            message: sentence(`${what} ${FAULTS[content.missing]}`, ALL_STAY),
            isError: true,
          };
    }
    const { originUrl } = from.file;
    if (link.file && link.file.originUrl === originUrl) {
      return link.file.isRejected
        ? {
            message: `${what} would be rejected as a whole. ${ALL_STAY}`,
            isError: true,
          }
        : undefined;
    }
    const parsed = parseCatalogFile(content.content);
    if (parsed.tooComplex) {
      return unchecked(`of that file, ${parsed.tooComplex}`);
    }
    const verdict = await this.#probes.file(
      { url: headOf(this.#repository, place.path), originUrl },
      { isOptional },
    );
    if (verdict.kind !== 'refused') {
      return verdict.kind === 'valid' ? undefined : unchecked(verdict.why);
    }
    const [first] = locateFileErrors(parsed, verdict.errors, this.#visibility);
    return first.rule === 'unchecked'
      ? unchecked("the catalog failed to read it; see the backend's log")
      : {
          message: sentence(
            `${what} would be rejected as a whole, because of its line ${first.line}.`,
            ALL_STAY,
          ),
          isError: true,
        };
  }
}

/** The files that a target with wildcards finds are judged one by one. */
function problemOfPattern(
  { target, found, checked = 0 }: TargetLink,
  isOptional: boolean,
): TargetProblem | undefined {
  const what = shown(target);
  if (found === undefined) {
    return {
      message: sentence(
        `${what} was not checked, since it takes too many requests to find what it matches.`,
      ),
      isError: false,
    };
  }
  if (found === 0) {
    return isOptional
      ? undefined
      : {
          message: sentence(
            `${what} matches no file at the head of the pull request. Fix the pattern, or add a file.`,
            ALL_STAY,
          ),
          isError: true,
        };
  }
  return checked < found
    ? {
        message: sentence(
          `${what} matches ${found} files, of which ${checked} were checked, since targets with wildcards match more than ${LIMITS.matches} files.`,
        ),
        isError: false,
      }
    : undefined;
}

/** What is wrong with a target, and how to fix it. */
const FAULTS = {
  absent:
    'does not exist at the head of the pull request. Fix the path, or add the file.',
  'too-large': 'is larger than the catalog reads. Divide it.',
  lfs: 'is in Git LFS, which the catalog does not read.',
};

const ALL_STAY =
  'The catalog would keep the current entities of all targets of this Location.';

function verdictOf(problem: TargetProblem | undefined): CheckStep['verdict'] {
  if (!problem) {
    return 'passed';
  }
  return problem.isError ? 'failed' : 'skipped';
}
