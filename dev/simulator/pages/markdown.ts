import { externalLink, Html, html } from './html';

/**
 * The little Markdown that is in comments here: paragraphs, lists, bold text, code,
 * links, escaped characters and numeric references. Anything else is shown as it is
 * written; HTML, too, as on Bitbucket.
 */
export function markdown(raw: string): Html {
  const blocks = raw.replace(/\r\n?/g, '\n').split(/\n\s*\n/);
  return html`${blocks.filter(block => block.trim()).map(renderBlock)}`;
}

const ITEM = /^\s*[-*] /;

/** A paragraph, or a list with a paragraph before it. */
function renderBlock(block: string): Html {
  const lines = block.trim().split('\n');
  const first = lines.findIndex(line => ITEM.test(line));
  const text = first === -1 ? lines : lines.slice(0, first);
  const items = first === -1 ? [] : toItems(lines.slice(first));
  return html`${text.length > 0 && html`<p>${inline(text.join('\n'))}</p>`}${
    items.length > 0 &&
    html`<ul>
      ${items.map(item => html`<li>${inline(item)}</li>`)}
    </ul>`
  }`;
}

/** A line that begins no item goes on with the one before it. */
function toItems(lines: string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (ITEM.test(line)) {
      items.push(line.replace(ITEM, ''));
    } else {
      items.push(`${items.pop()} ${line.trim()}`);
    }
  }
  return items;
}

/** In this order: what is escaped begins nothing. */
const TOKENS = new RegExp(
  [
    /\\(?<escaped>[\\`*_{}[\]()>#+\-.!])/,
    /&#(?<number>\d{1,6});/,
    /`(?<code>[^`\n]+)`/,
    /\*\*(?<bold>[^*\n]+)\*\*/,
    /\[(?<text>[^\]\n]+)\]\((?<url>[^()\s]+)\)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

function inline(text: string): Html[] {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    parts.push(html`${text.slice(end, match.index)}`);
    parts.push(renderToken(match.groups ?? {}));
    end = match.index + match[0].length;
  }
  return [...parts, html`${text.slice(end)}`];
}

function renderToken(token: Record<string, string | undefined>): Html {
  const { escaped, number, code, bold, text, url } = token;
  if (code !== undefined) {
    return html`<code>${code}</code>`;
  }
  if (bold !== undefined) {
    return html`<strong>${inline(bold)}</strong>`;
  }
  if (text !== undefined && url !== undefined) {
    return externalLink(url, text);
  }
  return html`${escaped ?? fromReference(Number(number))}`;
}

/** Numbers beyond the last character are none. */
const fromReference = (number: number) =>
  number > 0 && number <= 0x10ffff ? String.fromCodePoint(number) : '�';
