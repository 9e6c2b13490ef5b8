export type Element = {
  tag: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
};

const TOKEN =
  /<!doctype html>|<(?<end>\/?)(?<tag>[a-z][a-z0-9]*)(?<attributes>(?:\s+[a-zA-Z-]+(?:="[^"<>]*")?)*)\s*(?<empty>\/?)>|(?<text>[^<]+)/y;

/** Reads a page, strictly: what is not exactly what the page writes is an error. */
export function parse(source: string): Element {
  const root: Element = { tag: '', attributes: {}, children: [] };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const start = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    if (!groups) {
      throw new Error(`Not HTML: ${source.slice(start, start + 100)}`);
    }
    const { end, tag, attributes, empty, text } = groups;
    if (text) {
      open.at(-1)!.children.push(unescaped(text));
    } else if (end) {
      expect(open.pop()!.tag).toBe(tag);
    } else if (tag) {
      const pairs = attributes.matchAll(/([a-zA-Z-]+)(?:="([^"]*)")?/g);
      const element: Element = {
        tag,
        attributes: Object.fromEntries(
          [...pairs].map(([, name, value = '']) => [name, unescaped(value)]),
        ),
        children: [],
      };
      open.at(-1)!.children.push(element);
      if (!empty) {
        open.push(element);
      }
    }
  }
  expect(open).toHaveLength(1);
  return root;
}

function unescaped(text: string): string {
  const characters = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return Object.entries(characters)
    .reverse()
    .reduce(
      (rest, [name, character]) => rest.replaceAll(`&${name};`, character),
      text,
    );
}

/** @param selector - such as `tag`, `.class` or `.class tag` */
export function select(element: Element, selector: string): Element[] {
  const [first, ...rest] = selector.split(' ');
  const [tag, name] = first.split('.');
  return element.children
    .filter(child => typeof child !== 'string')
    .flatMap(child => {
      const isMeant =
        (!tag || child.tag === tag) &&
        (!name || child.attributes.class?.split(' ').includes(name));
      const below = select(child, selector);
      if (!isMeant) {
        return below;
      }
      return rest.length > 0
        ? select(child, rest.join(' '))
        : [child, ...below];
    });
}

export function textOf(element: Element): string {
  return rawTextOf(element).replace(/\s+/g, ' ').trim();
}

function rawTextOf({ children }: Element): string {
  return children
    .map(child => (typeof child === 'string' ? child : rawTextOf(child)))
    .join('');
}
