import { Finding } from '../checkResult';
import { BranchChange, CheckServices, FileContent } from './checkRequest';
import { ParsedFile, parseCatalogFile } from './documents';
import { LoadedFile } from './loadedFile';
import { Reader } from './Reader';
import { sentence, shown } from './wording';

/**
 * Adds to files what merging needs to know, since it keeps what the destination branch
 * has changed since the pull request branched off, although its head does not have that.
 *
 * @returns a note on each file that both have changed
 */
export async function prepareMerge(
  files: readonly LoadedFile[],
  options: {
    branch: string;
    reader: Reader;
    changedOnBranch: CheckServices['changedOnBranch'];
  },
): Promise<Finding[]> {
  const { branch, reader } = options;
  // Of a file that was not read, nothing is said.
  const wasRead = ({ path, head }: LoadedFile) => path === undefined || head;
  const paths = new Set(files.filter(wasRead).map(pathOnBranch));
  const changes = await options.changedOnBranch([...paths]);
  const findings: Finding[] = [];
  for (const file of files) {
    const path = pathOnBranch(file);
    const change = changes.get(path);
    if (change) {
      const base = parsed(await reader.read('base', path));
      addTo(file, change, base);
      if (change.isTouched) {
        findings.push(toFinding(file, path, branch));
      }
    }
  }
  return findings;
}

function pathOnBranch({ path, oldPath }: LoadedFile): string {
  return oldPath ?? path ?? '';
}

function addTo(
  file: LoadedFile,
  { isTouched, before }: BranchChange,
  base: ParsedFile | undefined,
): void {
  if (!isTouched) {
    file.merged = base ?? NOTHING;
    return;
  }
  if (file.oldPath === undefined) {
    file.oldPath = file.path;
    file.base = base;
  }
  file.branchChange = { before: parsed(before) };
}

const NOTHING: ParsedFile = { documents: [], broken: [] };

/** Undefined where it is not known. */
function parsed(content: FileContent | undefined): ParsedFile | undefined {
  if (content && 'content' in content) {
    const file = parseCatalogFile(content.content);
    return file.tooComplex === undefined ? file : undefined;
  }
  return content?.missing === 'absent' ? NOTHING : undefined;
}

function toFinding(file: LoadedFile, path: string, branch: string): Finding {
  const what = `${shown(branch)} has changed ${shown(path)}`;
  const isCertain = file.branchChange?.before !== undefined;
  const message = isCertain
    ? `${what} too since this pull request branched off.`
    : `${what} too since this pull request branched off, so what merging changes in it is not certain.`;
  return {
    rule: 'merge',
    severity: 'note',
    rejects: 'nothing',
    ...(file.path === undefined ? {} : { path: file.path }),
    message: sentence(
      file.path === undefined
        ? `${what}, which this pull request deletes.`
        : message,
    ),
  };
}
