import { CheckResult, EntityChange, Finding } from './checkResult';
import { publicText } from './publicText';

/** What the texts about a result say, counted. */
export type Tally = {
  errors: number;
  warnings: number;
  /** Notes about what was not checked. */
  unchecked: number;
  /** Why not all files of the pull request were looked at. */
  partly: string[];
  /** What is said of files that the target branch has changed, too. */
  branchChanges: string[];
  /** Files at the head that have neither errors nor warnings, and were checked as a whole. */
  validFiles: number;
  deletedFiles: number;
  files: number;
  /** The files of the errors, or of the warnings where there are no errors. */
  affected: string[];
  /** All files that have errors or warnings. */
  faulty: string[];
  rejectedFiles: string[];
  /** Whether the catalog has entities of one of these files, which it keeps. */
  keepsEntities: boolean;
  /** Entities that are rejected while the rest of their file is not. */
  rejectedEntities: string[];
  plan: EntityChange[];
};

export function tallyOf(result: CheckResult): Tally {
  const { files, findings } = result;
  const of = (severity: Finding['severity']) =>
    findings.filter(finding => finding.severity === severity);
  const errors = of('error');
  const warnings = of('warning');
  const notChecked = findings.filter(({ rule }) => rule === 'unchecked');
  const isPartly = ({ path, severity }: Finding) =>
    path === undefined && severity === 'note';
  const partly = notChecked.filter(isPartly).map(({ message }) => message);
  const unchecked = notChecked.filter(finding => !isPartly(finding));
  const faulty = pathsOf([...errors, ...warnings]);
  const rejectedFiles = pathsOf(
    findings.filter(({ rejects }) => rejects === 'file'),
  );
  const isRejected = new Set<string | undefined>(rejectedFiles);
  const rejected = findings.filter(
    ({ rejects, path }) => rejects === 'entity' && !isRejected.has(path),
  );
  const isDeleted = new Set(
    files.filter(({ change }) => change === 'removed').map(({ path }) => path),
  );
  const isInvalid = new Set([...faulty, ...pathsOf(unchecked), ...isDeleted]);
  return {
    errors: errors.length,
    warnings: warnings.length,
    unchecked: unchecked.length,
    partly,
    branchChanges: branchChangesIn(result),
    validFiles: files.filter(({ path }) => !isInvalid.has(path)).length,
    deletedFiles: isDeleted.size,
    files: files.length,
    affected: errors.length > 0 ? pathsOf(errors) : faulty,
    faulty,
    rejectedFiles,
    keepsEntities: files.some(
      ({ path, change }) => isRejected.has(path) && change !== 'added',
    ),
    rejectedEntities: distinct(rejected.map(({ entityRef }) => entityRef)),
    // Nothing of a rejected file takes effect, also not what is missing from it.
    plan: result.plan.filter(({ path }) => !isRejected.has(path)),
  };
}

/** A result in a few sentences, as the details of a report have it. */
export function summarize(tally: Tally): string {
  const sentences = [
    hasProblems(tally) ? problems(tally) : validity(tally),
    rejections(tally),
    effect(tally),
    ...branchChangesInWords(tally),
    ...tally.partly,
    tally.unchecked > 0 &&
      `${count(tally.unchecked, 'note says', 'notes say')} what was not checked.`,
  ];
  return publicText(sentences.filter(Boolean).join(' '));
}

/** What is said of files that the target branch has changed, too, one by one. */
export function branchChangesIn({ findings }: CheckResult): string[] {
  return findings
    .filter(({ rule }) => rule === 'merge')
    .map(({ message }) => message);
}

function branchChangesInWords({ branchChanges }: Tally): string[] {
  return branchChanges.length <= MAX_BRANCH_CHANGES
    ? branchChanges
    : [
        `The target branch has changed ${branchChanges.length} of these files too.`,
      ];
}

/** More sentences about single files say less than one about all. */
const MAX_BRANCH_CHANGES = 2;

/** A result in a few words: `2 errors in catalog-info.yaml`. */
export function describeShortly(tally: Tally): string {
  if (!hasProblems(tally)) {
    const valid = validity(tally).replace(/\.$/, '');
    return publicText(
      tally.partly.length > 0 ? `${valid}, others were not checked` : valid,
    );
  }
  const { errors, warnings, affected } = tally;
  const what = errors > 0 ? count(errors, 'error') : count(warnings, 'warning');
  const [path] = affected;
  const where = affected.length === 1 ? path : count(affected.length, 'file');
  return publicText(affected.length > 0 ? `${what} in ${where}` : what);
}

/** What the catalog rejects because of a finding, unless its message says that itself. */
export function consequenceOf({ rejects, message }: Finding): string {
  if (rejects === 'nothing' || /\breject|\bignore/.test(message)) {
    return '';
  }
  const what = rejects === 'file' ? 'whole file' : 'entity';
  return `The ${what} would be rejected.`;
}

/** `2 errors and 1 warning` */
export function countProblems({
  errors,
  warnings,
}: Pick<Tally, 'errors' | 'warnings'>): string {
  const parts = [
    errors > 0 && count(errors, 'error'),
    warnings > 0 && count(warnings, 'warning'),
  ];
  return parts.filter(Boolean).join(' and ');
}

/** `1 file`, `2 files`, `1,000 files` */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

function hasProblems({ errors, warnings }: Tally): boolean {
  return errors + warnings > 0;
}

function problems(tally: Tally): string {
  const { faulty, files } = tally;
  const what = countProblems(tally);
  if (faulty.length === 0) {
    return `${what}.`;
  }
  if (faulty.length === 1 && files <= 1) {
    return `${what} in ${faulty[0]}.`;
  }
  return faulty.length < files
    ? `${what} in ${faulty.length} of ${count(files, 'catalog file')}.`
    : `${what} in ${count(faulty.length, 'catalog file')}.`;
}

function validity({ validFiles, deletedFiles }: Tally): string {
  const valid =
    validFiles > 0 &&
    `${count(validFiles, 'catalog file is', 'catalog files are')} valid`;
  const areDeleted = deletedFiles === 1 ? 'is' : 'are';
  const deleted =
    deletedFiles > 0 &&
    (valid
      ? `${deletedFiles} ${areDeleted} deleted`
      : `${count(deletedFiles, 'catalog file')} ${areDeleted} deleted`);
  const parts = [valid, deleted].filter(Boolean);
  return parts.length > 0
    ? `${parts.join(', ')}.`
    : 'No catalog file was checked completely.';
}

function rejections(tally: Tally): string {
  const { rejectedFiles, rejectedEntities, keepsEntities } = tally;
  const entities = list(rejectedEntities, 'entity', 'entities');
  if (rejectedFiles.length === 0) {
    return entities && `If merged, the catalog rejects ${entities}.`;
  }
  const their = rejectedFiles.length === 1 ? 'its' : 'their';
  const kept = keepsEntities ? ` and keeps ${their} current entities` : '';
  const also = entities && ` It also rejects ${entities}.`;
  return `If merged, the catalog rejects ${list(rejectedFiles, 'file')}${kept}.${also}`;
}

/** What merging does, in names where these are few. */
function effect(tally: Tally): string {
  const { plan, errors, rejectedFiles, rejectedEntities, files } = tally;
  if (plan.length === 0) {
    if (rejectedFiles.length > 0 && rejectedFiles.length >= files) {
      return '';
    }
    return rejectedFiles.length + rejectedEntities.length > 0
      ? 'Nothing else would change.'
      : `Merging ${errors > 0 ? 'would change' : 'changes'} no entity.`;
  }
  if (errors === 0 && plan.length <= MAX_NAMES) {
    return `Merging ${joined(namedActions(plan))}.`;
  }
  const who = rejectedFiles.length > 0 ? 'The other files' : 'Merging';
  const counted = ACTIONS.flatMap(action => {
    const number = plan.filter(change => change.action === action).length;
    return number > 0 ? [{ action, number }] : [];
  }).map(({ action, number }, index) => {
    const verb = errors > 0 ? action : `${action}s`;
    const what = index === 0 ? count(number, 'entity', 'entities') : number;
    return `${verb} ${what.toLocaleString('en')}`;
  });
  return `${who} ${errors > 0 ? 'would ' : ''}${joined(counted)}.`;
}

const ACTIONS = ['add', 'change', 'move', 'remove'] as const;

/** The most names in a sentence. */
const MAX_NAMES = 4;

function namedActions(plan: EntityChange[]): string[] {
  return ACTIONS.flatMap(action => {
    const names = plan
      .filter(change => change.action === action)
      .map(change => {
        const fields = list(change.fields ?? [], 'field');
        const changed = action === 'change' && fields ? ` (${fields})` : '';
        const to = action === 'move' ? ` to ${change.path}` : '';
        return `${change.entityRef}${to}${changed}`;
      });
    return names.length > 0 ? [`${action}s ${joined(names)}`] : [];
  });
}

/** Some names, and how many more there are. */
function list(names: string[], one: string, many?: string): string {
  if (names.length <= MAX_NAMES) {
    return joined(names);
  }
  const more = names.length - MAX_NAMES + 1;
  return joined([
    ...names.slice(0, MAX_NAMES - 1),
    `${more.toLocaleString('en')} more ${more === 1 ? one : (many ?? `${one}s`)}`,
  ]);
}

function joined(parts: string[]): string {
  return parts.length > 1
    ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
    : parts.join('');
}

function pathsOf(findings: Finding[]): string[] {
  return distinct(findings.map(({ path }) => path));
}

function distinct(values: (string | undefined)[]): string[] {
  return [...new Set(values)].filter(value => value !== undefined);
}
