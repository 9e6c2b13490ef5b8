import { structuredPatch } from 'diff';
import type { FileDiff } from '../world/diff';
import type { SimulatedFile } from '../world/file';
import type { AnnotationContent } from '../world/reports';
import { annotationCard } from './annotations';
import { Html, html } from './html';

/** Lines around a change. */
const CONTEXT = 3;

/** Files that differ in more lines are not compared, since that takes long. */
const MOST_EDITS = 2_000;

/** A line of a comparison, with its numbers on both sides. */
type DiffLine = {
  kind: 'added' | 'removed' | 'same';
  text: string;
  old?: number;
  new?: number;
};

type Hunk = { title: string; lines: DiffLine[] };

/** A file of a pull request, and what reports remark on it. */
export type ComparedFile = {
  diff: FileDiff;
  path: string;
  /** Undefined where the contents are not shown: binary files, and very different ones. */
  hunks?: Hunk[];
  /** By line of the new version; only of lines that are shown. */
  onLines: Map<number, AnnotationContent[]>;
  /** Those of the file as a whole, and those of lines that are not shown. */
  onFile: AnnotationContent[];
};

/** Compares a file, and puts each annotation of it in its place. */
export function compareFile(
  diff: FileDiff,
  annotations: AnnotationContent[],
): ComparedFile {
  const path = (diff.new ?? diff.old)?.path ?? '';
  const hunks = hunksOf(diff);
  const shown = new Set(
    hunks?.flatMap(({ lines }) => lines.flatMap(line => line.new ?? [])),
  );
  const onLines = new Map<number, AnnotationContent[]>();
  const onFile: AnnotationContent[] = [];
  for (const annotation of annotations.filter(one => one.path === path)) {
    const { line } = annotation;
    if (line !== undefined && shown.has(line)) {
      onLines.set(line, [...(onLines.get(line) ?? []), annotation]);
    } else {
      onFile.push(annotation);
    }
  }
  return { diff, path, hunks, onLines, onFile };
}

/** @returns undefined where there is nothing to show line by line */
function hunksOf({ old, new: changed }: FileDiff): Hunk[] | undefined {
  if ([old, changed].some(side => side?.file.attributes.includes('binary'))) {
    return undefined;
  }
  const [before, after] = [textOf(old?.file), textOf(changed?.file)];
  const patch = structuredPatch('', '', before, after, '', '', {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
  });
  return patch?.hunks.map(({ lines, ...hunk }) => ({
    title: `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    lines: number(lines, hunk.oldStart, hunk.newStart),
  }));
}

/** As git has it: a range of no lines begins before them. */
const range = (start: number, lines: number) =>
  `${lines === 0 ? start - 1 : start},${lines}`;

const textOf = (file: SimulatedFile | undefined) =>
  file?.content.toString() ?? '';

/** Counts the lines of a hunk on both sides. */
function number(lines: string[], oldStart: number, newStart: number) {
  let old = oldStart;
  let changed = newStart;
  return lines.flatMap((line): DiffLine[] => {
    const text = line.slice(1);
    switch (line[0]) {
      case '+':
        return [{ kind: 'added', text, new: changed++ }];
      case '-':
        return [{ kind: 'removed', text, old: old++ }];
      case ' ':
        return [{ kind: 'same', text, old: old++, new: changed++ }];
      default:
        // No line, but a note: there is no line break at the end of the file.
        return [];
    }
  });
}

/** Where a file is on the page. */
export const anchorOf = (path: string) => `file-${encodeURIComponent(path)}`;

/** How many lines were added and removed. */
export function lineCounts({ hunks = [] }: ComparedFile): Html {
  const count = (kind: DiffLine['kind']) =>
    hunks.flatMap(({ lines }) => lines).filter(line => line.kind === kind)
      .length;
  return html`<span class="counts"
    ><span class="plus">+${count('added')}</span>
    <span class="minus">−${count('removed')}</span></span
  >`;
}

const STATUSES = {
  added: 'Added',
  removed: 'Deleted',
  modified: 'Modified',
  renamed: 'Renamed',
};

/** A file with its changed lines, and the annotations below theirs. */
export function fileCard(file: ComparedFile): Html {
  const { diff, path, onFile } = file;
  const from = diff.status === 'renamed' && diff.old?.path;
  return html`<section class="file" id="${anchorOf(path)}">
    <header>
      <span class="lozenge ${diff.status}">${STATUSES[diff.status]}</span>
      <h3>${from && html`${from} → `}${path}</h3>
      ${lineCounts(file)}
    </header>
    ${onFile.map(one => annotationCard(one, placeOf(one)))} ${contentsOf(file)}
  </section> `;
}

function contentsOf(file: ComparedFile): Html {
  const { hunks } = file;
  if (!hunks || hunks.length === 0) {
    const text = hunks ? 'No line has changed.' : 'The contents are not shown.';
    return html`<p class="note">${text}</p>`;
  }
  return html`<table class="diff">
    <colgroup>
      <col class="number" />
      <col class="number" />
      <col />
    </colgroup>
    ${hunks.map(hunk => renderHunk(hunk, file))}
  </table>`;
}

const placeOf = ({ line }: AnnotationContent) =>
  line === undefined ? undefined : `line ${line}`;

function renderHunk({ title, lines }: Hunk, { onLines }: ComparedFile): Html {
  return html`<tbody>
    <tr class="hunk">
      <td colspan="3">${title}</td>
    </tr>
    ${lines.map(line => {
      const annotations = onLines.get(line.new ?? 0) ?? [];
      return html`${renderLine(line)}${
        annotations.length > 0 &&
        html`<tr class="remarks">
          <td colspan="3">${annotations.map(one => annotationCard(one))}</td>
        </tr> `
      }`;
    })}
  </tbody>`;
}

const SIGNS = { added: '+', removed: '−', same: ' ' };

// Without white space in the cell, since it is shown as it is.
const renderLine = ({ kind, text, old, new: changed }: DiffLine) =>
  html`<tr class="${kind}">
    <td class="number">${old}</td>
    <td class="number">${changed}</td>
    <td class="line"><span class="sign">${SIGNS[kind]}</span>${text}</td>
  </tr> `;
