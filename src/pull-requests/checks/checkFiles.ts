import { readReaders } from '../../catalog-tables/entities';
import { CheckedFile, CheckResult, CheckStep, Finding } from '../checkResult';
import { Comparison } from './Comparison';
import { Visibility } from './catalogErrors';
import { CatalogDocument } from './documents';
import { sortFindings, worst } from './findings';
import { Judge } from './Judge';
import { FileLoader } from './FileLoader';
import { LoadedFile } from './loadedFile';
import { CheckedRepository, placeOf } from './places';
import { findPlaceholders } from './placeholders';
import { inWords } from './pointers';
import { prepareMerge } from './prepareMerge';
import { CatalogProbes } from './probes';
import { Reader } from './Reader';
import { cleaned, shown } from './wording';
import { CheckRequest, CheckServices, FileContent } from './checkRequest';
import { LIMITS } from './limits';

/**
 * Checks the catalog files of a pull request as the catalog would, were it merged: it is
 * asked about each file and each entity, and what it would do is compared with what it
 * has. Nothing is changed.
 *
 * @throws the host's errors, those of the database and of the catalog's API, and the
 * reason of the signal
 */
export async function checkFiles(
  request: CheckRequest,
  services: CheckServices,
): Promise<CheckResult> {
  const { urls, tables, catalog, signal, now } = services;
  const { fullName, isPrivate } = request.repository;
  const repository: CheckedRepository = {
    urls,
    fullName,
    headName: request.headName,
    head: request.head,
    branch: request.branch,
  };
  const credentials = await services.credentials();
  const reader = new Reader(services);
  const readersOf = (some: readonly string[]) => readReaders(tables, some);
  const loader = new FileLoader({ repository, reader, readersOf, now });
  await loader.load(request.files);
  const { files } = loader;

  const visibility: Visibility = {
    urls,
    ...(isPrivate ? {} : { repository: fullName }),
  };
  const judge = new Judge({
    repository,
    reader,
    probes: new CatalogProbes({ catalog, credentials, signal }),
    visibility,
    now,
  });
  await judge.judge(files);

  signal.throwIfAborted();
  const comparison = new Comparison({
    request,
    repository,
    tables,
    catalog,
    credentials,
    readersOf,
  });
  const at = now();
  const mergeNotes = await prepareMerge(files, {
    branch: request.branch,
    reader,
    changedOnBranch: services.changedOnBranch,
  });
  const plan = await comparison.compare(
    files,
    judge.rejected,
    await changedByPlaceholders(files, repository, reader),
  );
  const compared = [...comparison.findings, ...mergeNotes];
  addComparison(files, compared, { at, ms: now() - at });
  const findings = [...loader.findings, ...judge.findings, ...compared];
  // A Location that stays as it is matters where something is wrong with its targets.
  const reported = files.filter(
    ({ isForTargets, path }) =>
      !isForTargets || findings.some(finding => finding.path === path),
  );
  return {
    files: withFewerSteps(
      reported.map(file => toCheckedFile(file, visibility)),
    ),
    findings: sortFindings(findings, visibility),
    plan: plan.slice(0, LIMITS.plan),
  };
}

/** Each file has its first steps: those of the file itself come before those of entities. */
function withFewerSteps(files: CheckedFile[]): CheckedFile[] {
  const most = Math.max(10, Math.floor(LIMITS.steps / (files.length || 1)));
  return files.map(file => ({ ...file, steps: file.steps.slice(0, most) }));
}

/** The fields of entities in files that are not touched, but that read a file that is. */
async function changedByPlaceholders(
  files: readonly LoadedFile[],
  repository: CheckedRepository,
  reader: Reader,
): Promise<Map<CatalogDocument, string[]>> {
  const changed = new Map<CatalogDocument, string[]>();
  const readers = files.filter(one => !one.isTouched && !one.isForTargets);
  for (const { path, location, head } of readers) {
    for (const document of head?.documents ?? []) {
      const placeholders = document.tooComplex
        ? []
        : findPlaceholders(document.value);
      for (const { pointer, value } of placeholders) {
        const place =
          path !== undefined && typeof value === 'string'
            ? placeOf(repository, { path, location }, value)
            : undefined;
        if (place?.kind === 'here') {
          const [after, before] = [
            await reader.read('head', place.path),
            await reader.read('base', place.path),
          ];
          if (isChanged(before, after)) {
            const fields = changed.get(document) ?? [];
            changed.set(document, [...fields, inWords(pointer)]);
          }
        }
      }
    }
  }
  return changed;
}

function isChanged(
  before: FileContent | undefined,
  after: FileContent | undefined,
): boolean {
  const [one, other] = [before, after].map(file =>
    file && 'content' in file ? file.content : undefined,
  );
  return one && other ? !one.equals(other) : one !== other;
}

/** Adds what the comparison found of each file as a step. */
function addComparison(
  files: readonly LoadedFile[],
  findings: readonly Finding[],
  time: Pick<CheckStep, 'at' | 'ms'>,
): void {
  for (const file of files) {
    const own = findings.filter(finding =>
      file.path === undefined
        ? // A finding on a deleted file has no line in the pull request.
          finding.path === undefined &&
          finding.message.startsWith(`${shown(file.oldPath)} `)
        : finding.path === file.path,
    );
    file.steps.push({
      ...time,
      name: 'Compared with the catalog: conflicts, references, removals',
      verdict: worst(own),
      ...(own[0] ? { message: own[0].message } : {}),
    });
  }
}

function toCheckedFile(
  { path, oldPath, change, steps }: LoadedFile,
  visibility: Visibility,
): CheckedFile {
  return {
    path: path ?? oldPath ?? '',
    change,
    ...(change === 'moved' ? { fromPath: oldPath } : {}),
    steps: steps.map(({ name, message, ...step }) => ({
      ...step,
      name: cleaned(name, visibility),
      ...(message ? { message: cleaned(message, visibility) } : {}),
    })),
  };
}
