import { createHash } from 'node:crypto';

/** 40 hexadecimal digits that depend on the parts alone. */
export function sha1(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha1');
  for (const part of parts) {
    hash.update(part).update('\0');
  }
  return hash.digest('hex');
}

/** A UUID in braces, as Bitbucket writes them, that depends on the parts alone. */
export function uuid(...parts: string[]): string {
  const hex = sha1(...parts);
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `{${groups.join('-')}}`;
}
