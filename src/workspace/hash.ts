import { createHash } from 'node:crypto';

/** The SHA-256 of some texts, none of which holds a NUL, or of bytes; hexadecimal. */
export function hashOf(...parts: [Buffer] | string[]): string {
  const hash = createHash('sha256');
  parts.forEach((part, index) => hash.update(index > 0 ? `\0${part}` : part));
  return hash.digest('hex');
}
