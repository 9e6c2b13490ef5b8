import { cutAtWord } from '../publicText';

/** Characters of a name. An entity of a broken file may have a name of any length. */
const MAX_NAME = 500;

/** Characters of a message. */
const MAX_PROSE = 1_000;

/**
 * HTML that is safe to serve. What is put into a template is escaped unless it came out
 * of a template itself, so that nothing has to be remembered where a page is composed.
 */
export class Html {
  /** @param text - nothing that came from outside */
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** What a template takes. Nothing is shown for `undefined` and `false`. */
type Part = string | number | Html | undefined | false | Part[];

/** Values may stand in text and in attributes in double quotes, and nowhere else. */
export function html(literals: TemplateStringsArray, ...parts: Part[]): Html {
  const text = literals.reduce(
    (before, literal, index) => before + render(parts[index - 1]) + literal,
  );
  return new Html(text);
}

function render(part: Part): string {
  if (Array.isArray(part)) {
    return part.map(render).join('');
  }
  if (part instanceof Html) {
    return part.toString();
  }
  return part === undefined || part === false ? '' : escapeHtml(`${part}`);
}

const REFERENCES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Control characters, those that change the direction of what is around them or are not
 * seen at all, and halves of characters. A name with these can look like another name.
 */
const MISLEADING =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Shows characters that are not seen by their numbers, and breaks of lines as spaces. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\t\n\r]+/g, ' ')
    .replace(MISLEADING, character => {
      const number = character.codePointAt(0)!.toString(16).toUpperCase();
      return `[U+${number.padStart(4, '0')}]`;
    })
    .replace(/[&<>"']/g, character => REFERENCES[character]);
}

/** A ref, path or hash. Its direction does not spread to what is next to it. */
export function code(text: string): Html {
  return html`<bdi class="code">${cutAtWord(text, MAX_NAME)}</bdi>`;
}

/** A message, or another text that others have worded. */
export function prose(text: string): Html {
  return html`<bdi>${cutAtWord(text, MAX_PROSE)}</bdi>`;
}

/** A link to another page, or its text where the URL is not one of the web. */
export function link(url: string, text: Part): Html {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  return target && /^https?:$/.test(target.protocol)
    ? html`<a href="${target.href}" rel="noreferrer">${text}</a>`
    : html`${text}`;
}

/** A moment: `26 Nov 2026, 10:15:03 UTC`. The page has no script to know the reader's zone. */
export function moment(ms: number): Html {
  const iso = isoTime(ms);
  const [year, month, day] = iso.slice(0, 10).split('-').map(Number);
  return html`<time datetime="${iso}"
    >${day} ${MONTHS[month - 1]} ${year}, ${iso.slice(11, 19)} UTC</time
  >`;
}

/** A moment of which the day is known: `10:15:03.120`. */
export function clockTime(ms: number): Html {
  const iso = isoTime(ms);
  return html`<time datetime="${iso}" class="clock"
    >${iso.slice(11, 23)}</time
  >`;
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** `40 ms`, `1.4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h` */
export function duration(ms: number): string {
  const known = Math.max(0, Math.round(ms));
  if (known < 1_000) {
    return `${known} ms`;
  }
  if (known < 59_950) {
    return `${(known / 1_000).toFixed(1)} s`;
  }
  const seconds = Math.round(known / 1_000);
  const index = UNITS.findIndex(({ size }) => seconds >= size);
  const [unit, next] = UNITS.slice(index);
  const rest = Math.floor((seconds % unit.size) / next.size);
  const whole = `${Math.floor(seconds / unit.size)} ${unit.name}`;
  return rest > 0 ? `${whole} ${rest} ${next.name}` : whole;
}

const UNITS = [
  { name: 'd', size: 86_400 },
  { name: 'h', size: 3_600 },
  { name: 'min', size: 60 },
  { name: 's', size: 1 },
];

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
