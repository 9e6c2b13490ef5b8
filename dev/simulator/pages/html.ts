/** HTML that was composed by {@link html}, and is not escaped again. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | undefined | false | Part[];

/**
 * Composes HTML. Whatever is put in is escaped for text and for attributes in double
 * quotes, unless it is {@link Html} itself; `undefined` and `false` are nothing.
 */
export function html(literals: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(
    literals.reduce((before, literal, index) =>
      [before, toText(parts[index - 1]), literal].join(''),
    ),
  );
}

function toText(part: Part): string {
  if (Array.isArray(part)) {
    return part.map(toText).join('');
  }
  if (part instanceof Html) {
    return part.text;
  }
  return part === undefined || part === false ? '' : escapeHtml(String(part));
}

const REFERENCES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, character => REFERENCES[character]);

/** A link that opens beside the page, or its text where the URL is not one of the web. */
export function externalLink(url: string, text: string): Html {
  return /^https?:\/\//i.test(url)
    ? html`<a href="${url}" target="_blank" rel="noreferrer noopener"
        >${text}</a
      >`
    : html`${text}`;
}

/** A moment, for everybody in the same time zone. */
export function moment(ms: number): Html {
  const iso = new Date(ms).toISOString();
  const text = `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
  return html`<time datetime="${iso}">${text}</time>`;
}

/** The initials of a person, in a circle. */
export function avatar(name: string): Html {
  const initials = name
    .split(/\s+/)
    .map(word => [...word][0] ?? '')
    .slice(0, 2)
    .join('');
  return html`<span class="avatar" aria-hidden="true">${initials}</span>`;
}
