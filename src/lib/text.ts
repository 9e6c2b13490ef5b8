import { createHash } from 'node:crypto';

/** The SHA-256 of some texts, none of which holds a NUL, or of bytes; hexadecimal. */
export function hashOf(...parts: [Buffer] | string[]): string {
  const hash = createHash('sha256');
  parts.forEach((part, index) => hash.update(index > 0 ? `\0${part}` : part));
  return hash.digest('hex');
}

/** The full hash of a commit. */
export const COMMIT_HASH = /^[0-9a-f]{40}$/;

/** What may be the hash of a commit, in full or shortened. */
export const MAYBE_HASH = /^[0-9a-f]{7,40}$/;

/**
 * What the strings of a delivery may look like. Whoever can deliver can send
 * anything, and these go into URLs, the database and the log.
 */

/** In braces. */
export const UUID = /^\{[\w-]{1,64}\}$/;

/** Of a workspace or a repository; a workspace without a slug has its uuid there. */
const SLUG = String.raw`(?!\.{1,2}(?:/|$))[\w.{}-]{1,100}`;

export const WORKSPACE = new RegExp(`^${SLUG}$`);

/** `workspace/repository`. */
export const FULL_NAME = new RegExp(`^${SLUG}/${SLUG}$`);

export const PROJECT_KEY = /^\w{1,100}$/;

export const HASH = /^[0-9a-f]{1,64}$/i;

/** `branch`, `tag`, or another kind that may come some day. */
export const REF_KIND = /^\w{1,32}$/;

/** `X-Event-Key`, such as `repo:push`. */
export const EVENT_KEY = /^[\w:.-]{1,64}$/;

/** `X-Request-UUID`, in braces or not. */
export const REQUEST_ID = /^[\w{}-]{1,64}$/;

/** Bitbucket takes no longer names of branches and tags. */
const MAX_REF_BYTES = 255;

/**
 * Whether a text may be the name of a branch or a tag. Git allows slashes and
 * any script, but nothing that could end a line.
 *
 * https://git-scm.com/docs/git-check-ref-format
 */
export function isRefName(text: string): boolean {
  return (
    text !== '' &&
    Buffer.byteLength(text) <= MAX_REF_BYTES &&
    !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp} ~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$/u.test(text)
  );
}

/** A text that is not longer than some characters, with an ellipsis where it was. */
export function cutTo(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 1).trimEnd()}…` : text;
}

/** What others have worded, for a line of the log. */
export function inOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
