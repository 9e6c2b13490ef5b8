/**
 * Places in a document, as JSON pointers.
 * https://www.rfc-editor.org/rfc/rfc6901
 */
export function toPointer(path: readonly string[]): string {
  return path
    .map(key => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** The keys and indexes of a pointer. */
export function toPath(pointer: string = ''): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A place as people write it: `metadata.tags[0]`. */
export function inWords(pointer: string): string {
  return toPath(pointer)
    .map((key, index) => {
      if (/^\d+$/.test(key) && index > 0) {
        return `[${key}]`;
      }
      return index > 0 ? `.${key}` : key;
    })
    .join('');
}

/** Whether a place is another one, or lies within it. */
export function isWithin(pointer: string, outer: string): boolean {
  return pointer === outer || pointer.startsWith(`${outer}/`);
}
