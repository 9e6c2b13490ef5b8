import type { Schema } from 'bitbucket';
import type { SimulatorContext } from '../context';
import type {
  Commit,
  DiffSide,
  FileDiff,
  SimulatedFile,
  SimulatedRepository,
} from '../world';
import { repositoryLink } from './links';

/** A commit that is compared, and the repository to read it from. */
type ComparedCommit = { repository: SimulatedRepository; commit: Commit };

export type Comparison = { old: ComparedCommit; new: ComparedCommit };

export function diffstatBody(
  context: SimulatorContext,
  comparison: Comparison,
  diff: FileDiff,
) {
  return {
    type: 'diffstat',
    status: diff.status,
    lines_added: linesMissing(diff.old?.file, diff.new?.file),
    lines_removed: linesMissing(diff.new?.file, diff.old?.file),
    old: sideBody(context, comparison.old, diff.old),
    new: sideBody(context, comparison.new, diff.new),
  };
}

/** Null where the file was not there. */
function sideBody(
  context: SimulatorContext,
  { repository, commit: { hash } }: ComparedCommit,
  side: DiffSide | undefined,
): Schema.CommitFile | null {
  if (!side) {
    return null;
  }
  const { path } = side;
  return {
    type: 'commit_file',
    path,
    escaped_path: path,
    links: { self: repositoryLink(context, repository, 'src', hash, path) },
  };
}

/**
 * How many lines of a file another one lacks. Lines that only moved count as
 * unchanged, and a binary file has no lines.
 */
function linesMissing(
  from: SimulatedFile | undefined,
  file: SimulatedFile | undefined,
): number {
  const counts = new Map<string, number>();
  for (const line of linesOf(from)) {
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return linesOf(file).filter(line => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  }).length;
}

function linesOf(file: SimulatedFile | undefined): string[] {
  return !file || file.attributes.includes('binary')
    ? []
    : (file.content.toString().match(/[^\n]*\n|[^\n]+$/g) ?? []);
}
