/**
 * Encodes what would end the segment or be taken for a wildcard, and leaves
 * what a path segment may hold as it is: `@scope` is `@scope` on bitbucket.org
 * and in locations that other providers emitted.
 * https://www.rfc-editor.org/rfc/rfc3986#section-3.3
 */
export function encodeSegment(segment: string): string {
  return encodeURIComponent(segment)
    .replace(/%(?:40|3A|24|26|2B|2C|3B|3D)/g, decodeURIComponent)
    .replace(/\*/g, '%2A');
}

/** Encodes a path, segment by segment. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}
