import { inOneLine } from '../lib/text';

/**
 * Shortens a text in one line to so many characters, at the end of a word where there
 * is one, and says so with an ellipsis.
 */
export function cutAtWord(text: string, max: number): string {
  if (text.length <= max) {
    return text;
  }
  if (max < 1) {
    return '';
  }
  const end = text.lastIndexOf(' ', max - 1);
  // A long word at the end may be a path, of which the beginning says more than nothing.
  const kept =
    end > max / 2
      ? text.slice(0, end)
      : text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '');
  return `${kept}…`;
}

/** They change the order in which the characters around them are shown. */
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const URL_IN_TEXT = /[a-z0-9+.-]{0,30}:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)]/gi;

/** Forms of addresses other than URLs, and of credentials of which nobody wants to read. */
const PRIVATE = [
  /\b(?:localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?\b/g,
  /\bgit@[\w.-]+:\S+/g,
  /[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,255}/g,
  /\bAT(?:ATT|CTT|BB)[\w=-]{16,}/g,
  /\b(?:gh[oprsu]_|github_pat_|glpat-|xox[a-z]-)[\w-]{10,}/g,
  /\bAKIA[A-Z0-9]{16}\b/g,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /\b(?:Bearer|Basic) [\w+/=.~-]{8,}/gi,
];

/**
 * A text in one line that everyone who sees a pull request may read. Messages are
 * worded for that; this is for what comes through them from elsewhere, such as a
 * processor that quotes the address of an internal service.
 */
export function publicText(text: string): string {
  let result = inOneLine(text.replace(BIDI_CONTROLS, ''));
  // Looking for schemes takes time, and most texts have none.
  if (result.includes('://')) {
    result = result.replace(URL_IN_TEXT, publicUrl);
  }
  for (const pattern of PRIVATE) {
    result = result.replace(pattern, '(removed)');
  }
  return result;
}

/** Without a user name, password and query, which may hold a token. */
function publicUrl(text: string): string {
  const isPublic =
    /^https:\/\/(?!.*:\/\/)/i.test(text) &&
    URL.canParse(text) &&
    new URL(text).host === 'bitbucket.org';
  if (!isPublic) {
    return '(URL removed)';
  }
  const { origin, pathname, hash } = new URL(text);
  return `${origin}${pathname}${hash}`;
}
