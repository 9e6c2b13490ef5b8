import { inOneLine } from '../../lib/text';
import { ScmUrls } from '../../scm/urls';

/** The longest message; hosts show little more. */
const MESSAGE_LENGTH = 400;

/** The most that is shown of a value. */
const VALUE_LENGTH = 80;

/** The message on a file that the catalog would reject. */
export const FILE_IS_REJECTED =
  'The catalog would reject the whole file and keep its current entities.';

/** A value of the pull request in a message. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return cut(plain(text), VALUE_LENGTH);
}

/**
 * A message in one line, not longer than hosts show; cut between two words.
 *
 * @param ending - a sentence that is never cut
 */
export function sentence(message: string, ending?: string): string {
  return ending === undefined
    ? cut(plain(message), MESSAGE_LENGTH)
    : `${cut(plain(message), MESSAGE_LENGTH - ending.length - 1)} ${ending}`;
}

/** Invisible characters change how a line reads, or hide a part of it. */
function plain(text: string): string {
  return inOneLine(text.replace(/\p{Cf}/gu, ''));
}

function cut(text: string, length: number): string {
  if (text.length <= length) {
    return text;
  }
  const start = text.slice(0, length - 1);
  const end = start.lastIndexOf(' ');
  return `${(end > length / 2 ? start.slice(0, end) : start).trimEnd()}…`;
}

const URLS = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>`|\\^{}]+/gi;

/** What is not to be seen in a pull request, whoever has worded it. */
const SECRETS: [what: RegExp, instead: string][] = [
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '(address removed)'],
  [
    /\b(?:password|passwd|secret|token|api[-_]?key|authorization)["']?\s*[=:]\s*(?:(?:bearer|basic)\s+)?\S+/gi,
    '(credential removed)',
  ],
  [
    /\b(?:bearer|basic|token)\s+(?=\S*\d)[\w.+/=~-]{8,}/gi,
    '(credential removed)',
  ],
  [
    /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ATATT|ATCTT|ATBB|eyJ)[\w.=+/-]{8,}/g,
    '(credential removed)',
  ],
  [/\b[0-9a-f]{32,}\b/gi, '(credential removed)'],
  [
    /(?=[\w+/=]*[a-z])(?=[\w+/=]*[A-Z])(?=[\w+/=]*\d)[\w+/=]{24,}/g,
    '(credential removed)',
  ],
];

/**
 * A message that a processor has worded, without URLs of other hosts, and without
 * anything like a secret.
 *
 * @param options.repository - where only URLs of one repository may be seen
 */
export function cleaned(
  message: string,
  options: { urls: ScmUrls; repository?: string },
): string {
  const text = plain(message.slice(0, 4 * MESSAGE_LENGTH));
  let clean = '';
  let end = 0;
  for (const { 0: found, index } of text.matchAll(URLS)) {
    clean += withoutSecrets(text.slice(end, index));
    clean += cleanedUrl(found, options);
    end = index + found.length;
  }
  return clean + withoutSecrets(text.slice(end));
}

function withoutSecrets(text: string): string {
  return SECRETS.reduce(
    (clean, [what, instead]) => clean.replace(what, instead),
    text,
  );
}

function cleanedUrl(
  found: string,
  { urls, repository }: { urls: ScmUrls; repository?: string },
): string {
  const [, written, after] = /^(.*?)([.,;:!?)\]]*)$/.exec(found) ?? [];
  try {
    const url = new URL(written);
    if (
      urls.matches(url) &&
      (repository === undefined ||
        urls.parse(written).fullName.toLowerCase() === repository.toLowerCase())
    ) {
      return `${url.origin}${url.pathname}${after}`;
    }
  } catch {
    // Not a URL of a file.
  }
  return `(URL removed)${after}`;
}
