import { JsonValue } from '@backstage/types';

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

/** Where a text is in a value, for the first time. */
export function pointerOf(
  value: JsonValue | undefined,
  text: string,
): string | undefined {
  if (value === text) {
    return '';
  }
  for (const [key, child] of Object.entries(
    typeof value === 'object' && value !== null ? value : {},
  )) {
    const within = pointerOf(child, text);
    if (within !== undefined) {
      return toPointer([key]) + within;
    }
  }
  return undefined;
}
