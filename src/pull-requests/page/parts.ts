import { count } from '../resultText';
import { Html, html } from './html';

/** What a colour says; it never says it alone. */
export type Tone = 'good' | 'bad' | 'warn' | 'idle';

/** The most rows of one list. */
const MAX_ROWS = 500;

/** The most rows of a page, which has many lists where there were many pushes. */
const MAX_PAGE_ROWS = 5_000;

/** How many rows a page still has room for. */
export class Rows {
  #left = MAX_PAGE_ROWS;

  take<T>(items: T[]): { shown: T[]; hidden: number } {
    const shown = items.slice(0, Math.min(MAX_ROWS, this.#left));
    this.#left -= shown.length;
    return { shown, hidden: items.length - shown.length };
  }
}

/** How many more there are than are shown. */
export function more(hidden: number, one: string, many?: string): Html {
  const text = count(hidden, `more ${one} is`, `more ${many ?? `${one}s`} are`);
  return html`${
    hidden > 0 && html`<p class="more">${text} in the JSON of this page.</p>`
  }`;
}

/** Drawn with lines in a square of 16. */
const ICONS = {
  good: 'M3 8.5l3.2 3.2L13 5',
  bad: 'M4 4l8 8M12 4l-8 8',
  warn: 'M8 3v6M8 12v1',
  idle: 'M4 8h8',
  add: 'M8 3v10M3 8h10',
  change: 'M3 13l1-4 6.5-6.5 3 3L7 12z',
  move: 'M2 8h11M9 4l4 4-4 4',
  remove: 'M3 8h10',
};

/** A verdict, as an icon, a word and a colour. */
export function badge({
  tone,
  label,
  icon = tone,
  isLarge = false,
}: {
  tone: Tone;
  label: string;
  icon?: keyof typeof ICONS;
  isLarge?: boolean;
}): Html {
  return html`<span class="badge ${tone}${isLarge && ' verdict'}"
    ><svg
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="2.25"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d="${ICONS[icon]}" /></svg
    >${label}</span
  >`;
}

/** A part of a run with a heading and, in small type, what is in it. */
export function section(
  level: 3 | 4,
  title: string,
  total: string | undefined,
  content: (Html | false)[],
): Html {
  const text = html`${title}${total && html` <span class="number">${total}</span>`}`;
  const heading = level === 3 ? html`<h3>${text}</h3>` : html`<h4>${text}</h4>`;
  return html`<section class="section">${heading}${content}</section>`;
}

/**
 * A table, each row of which is a block on a narrow screen: then every cell shows the
 * name of its column.
 */
export function table(label: string, columns: string[], rows: Html[][]): Html {
  return html`<table aria-label="${label}">
    <thead>
      <tr>
        ${columns.map(column => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        cells =>
          html`<tr>
            ${cells.map(
              (cell, index) =>
                html`<td data-label="${columns[index]}">
                  <div>${cell}</div>
                </td>`,
            )}
          </tr> `,
      )}
    </tbody>
  </table>`;
}
