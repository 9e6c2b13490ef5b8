import pLimit from 'p-limit';
import { CheckStep, Finding } from '../checkResult';
import { explain, Visibility } from './catalogErrors';
import { CatalogDocument } from './documents';
import { isEntity, locateFileErrors } from './fileProblems';
import { worst } from './findings';
import { LIMITS } from './limits';
import { LoadedFile } from './loadedFile';
import { CheckedRepository, headOf } from './places';
import { findPlaceholders } from './placeholders';
import { isWithin, pointerOf } from './pointers';
import { prepareEntity, PreparedEntity } from './prepareEntity';
import { CatalogProbes, Source, Verdict } from './probes';
import { Reader } from './Reader';
import { TargetJudge } from './TargetJudge';
import { sentence } from './wording';

/** The catalog works on as many entities at once by itself. */
const PROBES_AT_ONCE = 4;

/** Has the catalog say what it thinks of the files of a pull request and their entities. */
export class Judge {
  readonly findings: Finding[] = [];
  /** Documents whose entities the catalog rejects. */
  readonly rejected = new Set<CatalogDocument>();
  readonly #repository: CheckedRepository;
  readonly #probes: CatalogProbes;
  readonly #reader: Reader;
  readonly #visibility: Visibility;
  readonly #targets: TargetJudge;
  readonly #now: () => number;
  #entitiesLeft: number = LIMITS.entities;

  constructor(options: {
    repository: CheckedRepository;
    probes: CatalogProbes;
    reader: Reader;
    visibility: Visibility;
    now: () => number;
  }) {
    this.#repository = options.repository;
    this.#probes = options.probes;
    this.#reader = options.reader;
    this.#visibility = options.visibility;
    this.#now = options.now;
    this.#targets = new TargetJudge({ ...options, rejected: this.rejected });
  }

  async judge(files: readonly LoadedFile[]): Promise<void> {
    const limit = pLimit(PROBES_AT_ONCE);
    await Promise.all(files.map(file => limit(() => this.#judgeFile(file))));
    for (const file of files) {
      await Promise.all(
        (file.head?.documents ?? []).map(document =>
          limit(() => this.#judgeDocument(file, document)),
        ),
      );
      await this.#targets.judge(file);
    }
    this.findings.push(...this.#targets.findings);
  }

  async #judgeFile(file: LoadedFile): Promise<void> {
    const { path, head } = file;
    if (path === undefined || !head) {
      return;
    }
    const at = this.#now();
    const source = this.#sourceOf(path, file.originUrl);
    const verdict = await this.#probes.file(source);
    const step = {
      name: 'The catalog reads the file',
      at,
      ms: this.#now() - at,
    };
    if (verdict.kind === 'valid') {
      file.steps.push({ ...step, verdict: 'passed' });
      this.#noteOtherParser(file);
      return;
    }
    if (verdict.kind === 'unknown') {
      const message = sentence(
        `The catalog could not check this file: ${verdict.why}.`,
      );
      file.steps.push({ ...step, verdict: 'skipped', message });
      this.#add({ rule: 'unchecked', severity: 'warning', path, message });
      return;
    }
    const problems = locateFileErrors(head, verdict.errors, this.#visibility);
    file.isRejected = problems.some(({ rule }) => rule !== 'unchecked');
    file.steps.push({
      ...step,
      verdict: file.isRejected ? 'failed' : 'skipped',
      message: problems[0]?.message,
    });
    for (const { rule, ...problem } of problems) {
      const isUnknown = rule === 'unchecked';
      this.#add({
        rule,
        severity: isUnknown ? 'warning' : 'error',
        rejects: isUnknown ? 'nothing' : 'file',
        path,
        ...problem,
      });
    }
  }

  /** The catalog may have a parser of its own, which takes what is not YAML. */
  #noteOtherParser({ path, head }: LoadedFile): void {
    for (const { line } of head?.broken ?? []) {
      this.#add({
        rule: 'unchecked',
        severity: 'note',
        path,
        line,
        message:
          'The catalog reads this part of the file, which is not YAML, so its entities were not checked.',
      });
    }
  }

  async #judgeDocument(
    file: LoadedFile,
    document: CatalogDocument,
  ): Promise<void> {
    const { path } = file;
    const { entityRef, value, tooComplex } = document;
    if (path === undefined) {
      return;
    }
    if (tooComplex) {
      const message = `This entity was not checked, since ${tooComplex}.`;
      const line = document.lineOf();
      this.#add({
        rule: 'unchecked',
        severity: 'warning',
        path,
        line,
        message,
      });
      return;
    }
    // What a file reads has no say in other entities, which are as they were.
    const isConcerned =
      file.isTouched ||
      file.locations.some(one => one.document === document) ||
      (!file.isForTargets && findPlaceholders(value).length > 0);
    if (!isConcerned || !entityRef || !isEntity(value)) {
      return;
    }
    const at = this.#now();
    const before = this.findings.length;
    const verdict = await this.#askAbout(file, document);
    const found = this.findings
      .slice(before)
      .filter(one => one.path === path && one.entityRef === entityRef);
    file.steps.push({
      name: entityRef,
      verdict: verdict ?? worst(found),
      at,
      ms: this.#now() - at,
      ...(found[0] ? { message: found[0].message } : {}),
    });
  }

  async #askAbout(
    file: LoadedFile,
    document: CatalogDocument,
  ): Promise<CheckStep['verdict'] | undefined> {
    const path = file.path!;
    const about = { path, entityRef: document.entityRef };
    if (this.#entitiesLeft <= 0) {
      this.#add({
        ...about,
        rule: 'unchecked',
        severity: 'warning',
        line: document.lineOf(),
        message: `This entity was not checked, since the pull request touches more than ${LIMITS.entities} entities.`,
      });
      return 'skipped';
    }
    this.#entitiesLeft -= 1;
    const prepared = await prepareEntity(
      document,
      { path, location: file.location },
      { repository: this.#repository, reader: this.#reader },
    );
    for (const { rule, pointer, message } of prepared.notes) {
      const isError = rule === 'placeholder';
      if (isError) {
        this.rejected.add(document);
      }
      this.#add({
        ...about,
        rule,
        severity: isError ? 'error' : 'note',
        rejects: isError ? 'entity' : 'nothing',
        line: document.lineOf(pointer),
        pointer,
        message: sentence(message),
      });
    }
    const verdict = await this.#probes.entity(
      prepared.entity,
      this.#sourceOf(path, file.originUrl),
    );
    this.#addVerdict(verdict, { file, document, prepared });
    return verdict.kind === 'unknown' ? 'skipped' : undefined;
  }

  #addVerdict(
    verdict: Verdict,
    about: {
      file: LoadedFile;
      document: CatalogDocument;
      prepared: PreparedEntity;
    },
  ): void {
    const { file, document, prepared } = about;
    const place = { path: file.path, entityRef: document.entityRef };
    if (verdict.kind === 'unknown') {
      this.#add({
        ...place,
        rule: 'unchecked',
        severity: 'warning',
        line: document.lineOf(),
        message: sentence(
          `The catalog could not check this entity: ${verdict.why}.`,
        ),
      });
    }
    for (const error of verdict.kind === 'refused' ? verdict.errors : []) {
      const { value, ...problem } = explain(
        error,
        this.#visibility,
        document.value,
      );
      const pointer =
        problem.pointer ??
        (value === undefined
          ? undefined
          : (prepared.pointers.get(value) ?? pointerOf(document.value, value)));
      const isWithheld = prepared.withheld.some(
        one => pointer !== undefined && isWithin(pointer, one),
      );
      if (!isWithheld) {
        const isUnknown = problem.rule === 'unchecked';
        if (!isUnknown) {
          this.rejected.add(document);
        }
        this.#add({
          ...place,
          ...problem,
          pointer,
          severity: isUnknown ? 'warning' : 'error',
          rejects: isUnknown ? 'nothing' : 'entity',
          line: document.lineOf(pointer),
        });
      }
    }
  }

  #sourceOf(path: string, originUrl: string): Source {
    return { url: headOf(this.#repository, path), originUrl };
  }

  #add(finding: Omit<Finding, 'rejects'> & Partial<Finding>): void {
    this.findings.push({ rejects: 'nothing', ...finding });
  }
}
