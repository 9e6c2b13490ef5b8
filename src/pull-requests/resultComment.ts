import { PullRequestLimits } from '../scm/pullRequests';
import { Finding } from './checkResult';
import { count, countProblems, summarize, Tally } from './resultText';
import { cutAtWord, publicText } from './publicText';

/** What every comment begins with. */
export const COMMENT_HEADING = '**Backstage catalog: ';

/** The most findings in a comment; it is read in an e-mail, too. */
const MAX_FINDINGS = 10;

/** Characters of a path. */
const MAX_PATH = 300;

const LABELS = { error: 'Error', warning: 'Warning', note: 'Note' };

/** The comment of a result with errors or warnings, in Markdown. */
export function problemsComment(input: {
  tally: Tally;
  /** What each finding says in plain text; the worst first. */
  findings: { finding: Finding; text: string }[];
  head: string;
  link: string | undefined;
  limits: Pick<PullRequestLimits, 'comment' | 'details'>;
}): string {
  const { tally, findings, head, link, limits } = input;
  const url = link?.replace(
    /[()<>\s]/g,
    character => `%${character.charCodeAt(0).toString(16)}`,
  );
  const text = new BoundedText(limits.comment - MAX_TAIL - (url?.length ?? 0));
  const problems = countProblems(tally);
  text.add(`${COMMENT_HEADING}${problems}** in ${abbreviated(head)}.`);
  const details = cutAtWord(summarize(tally), limits.details);
  text.add(`\n\n${escapeMarkdown(details)}`);

  let shown = 0;
  for (const { finding, text: said } of findings.slice(0, MAX_FINDINGS)) {
    const place = placeOf(finding);
    const line = `- **${LABELS[finding.severity]}** ${place}${escapeMarkdown(said)}`;
    if (!text.add(shown === 0 ? `\n\n${line}` : `\n${line}`)) {
      break;
    }
    shown += 1;
  }
  const hidden = findings.length - shown;
  const more = count(hidden, 'more finding');
  if (url) {
    const tail = hidden > 0 ? `${more}: [full log]` : '[Full log]';
    return `${text}\n\n${tail}(${url})`;
  }
  return hidden > 0 ? `${text}\n\n${more} not shown here.` : `${text}`;
}

/** The comment once nothing is left of what it said. */
export function fixedComment(head: string): string {
  return `${COMMENT_HEADING}fixed** in ${abbreviated(head)}.`;
}

/** Room for the last line without its link. */
const MAX_TAIL = 60;

/** A text that takes parts as long as there is room. */
class BoundedText {
  #text = '';

  constructor(private readonly max: number) {}

  add(part: string): boolean {
    const isTaken = this.#text.length + part.length < this.max;
    this.#text += isTaken ? part : '';
    return isTaken;
  }

  toString(): string {
    return this.#text;
  }
}

function placeOf({ path, line }: Finding): string {
  if (!path) {
    return '';
  }
  const shown = cutAtWord(publicText(path), MAX_PATH);
  return `${escapeMarkdown(line ? `${shown}:${line}` : shown)} — `;
}

/**
 * A text in one line for the middle of a line of Markdown, where no part of it is
 * Markdown, HTML, a mention or a link.
 *
 * Bitbucket's Markdown is that of Python-Markdown, which takes a backslash before these
 * characters. Before other characters it would show the backslash, so they become character references.
 *
 * https://python-markdown.github.io/reference/markdown/ (ESCAPED_CHARS)
 */
export function escapeMarkdown(text: string): string {
  return text.replace(
    /([\\`*_[\]{}#])|(\bwww(?=\.))|[&<>@|~]|:(?=\/\/|[\w+-]+:)/gi,
    (character, escapable, www) => {
      if (escapable) {
        return `\\${character}`;
      }
      return www ? `${www}\\` : `&#${character.charCodeAt(0)};`;
    },
  );
}

function abbreviated(head: string): string {
  return head.slice(0, 7);
}
