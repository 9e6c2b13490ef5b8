import { IngestedEntity, PullRequestRecord, RunRecord } from '../records';
import { count } from '../resultText';
import { code, duration, Html, html, link, moment, prose } from './html';
import { badge, more, Rows, section, table, Tone } from './parts';
import { renderRun } from './renderRun';
import { STYLE } from './style';
import { sentenceOf, verdictOf } from './verdict';

/** The most earlier runs; each push makes one. */
const MAX_RUNS = 100;

/** What the page is rendered with. */
type PageOptions = {
  /** Milliseconds since the epoch. */
  now: number;
  /** Of the response, in base64; see {@link pageHeaders}. */
  nonce: string;
};

/**
 * The headers of the page: no script, no resource from elsewhere, not in a frame, not
 * in a search engine or a cache, and its address is not passed on by links.
 *
 * @param nonce - of the page's style; absent where there is none
 */
export function pageHeaders(nonce?: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    nonce && `style-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.filter(Boolean).join('; '),
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  };
}

/** A pull request and all its runs as a page of HTML. */
export function renderPage(
  record: PullRequestRecord,
  { now, nonce }: PageOptions,
): string {
  const { fullName, number, runs } = record;
  const [latest, ...earlier] = runs;
  const rows = new Rows();
  const verdict = latest
    ? verdictOf(latest)
    : { tone: 'idle' as const, label: 'Not checked yet' };
  return document({
    title: `${verdict.label}: ${fullName} #${number}`,
    tone: verdict.tone,
    nonce,
    header: header(record, verdict, now),
    main: html`
      ${record.merge && afterMerge(record.merge, rows)}
      ${
        latest &&
        html`<section class="card">
          <h2>${earlier.length > 0 ? 'Latest check' : 'The check'}</h2>
          ${renderRun(latest, { now, rows, level: 3 })}
        </section>`
      }
      ${earlier.length > 0 && earlierRuns(earlier, now, rows)}
    `,
    footer: html`
      <p>
        As of ${moment(now)}. All times are in UTC.
        <a href="${record.pageId}.json">This page as JSON</a>
      </p>
      <p>Everyone who knows the address of this page can read it.</p>
    `,
  });
}

/** A page with one sentence in the same style, which says nothing about what there is. */
export function renderNotice(
  { title, text }: { title: string; text: string },
  nonce: string,
): string {
  return document({
    title,
    tone: 'idle',
    nonce,
    header: html`<h1>${title}</h1>
      <p class="lead">${text}</p>`,
  });
}

function document(page: {
  title: string;
  tone: Tone;
  nonce: string;
  header: Html;
  main?: Html;
  footer?: Html;
}): string {
  const { title, tone, nonce, footer } = page;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="no-referrer" />
        <title>${title} – Backstage catalog</title>
        <style nonce="${nonce}">
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header class="top ${tone}">
          <div class="wrap">${page.header}</div>
        </header>
        <main class="wrap">${page.main}</main>
        ${footer && html`<footer class="wrap">${footer}</footer>`}
      </body>
    </html>`.toString();
}

function header(
  record: PullRequestRecord,
  verdict: { tone: Tone; label: string },
  now: number,
): Html {
  const { fullName, number, title, url, source, destination } = record;
  const [latest] = record.runs;
  return html`
    <p class="brand">
      <strong>Backstage catalog</strong>
      ${link(url, 'Back to the pull request')}
    </p>
    <p>${badge({ ...verdict, isLarge: true })}</p>
    <h1>${prose(title)}</h1>
    <p class="where">
      <span><bdi>${fullName}</bdi> #${number}, ${record.state}</span>
      <span
        >${code(source.branch)} <span class="muted">into</span> ${code(
          destination.branch,
        )}</span
      >
    </p>
    ${
      latest &&
      html`<p class="lead">${sentenceOf(latest)}</p>
        <p class="muted small since">
          ${latest.endedAt === undefined ? 'Started' : 'Checked'}
          ${ago(now - (latest.endedAt ?? latest.startedAt))}${
            latest.head && html`, at commit ${code(latest.head.slice(0, 7))}`
          }
        </p>`
    }
  `;
}

function ago(ms: number): string {
  return ms < 1_000 ? 'just now' : `${duration(ms)} ago`;
}

function earlierRuns(runs: RunRecord[], now: number, rows: Rows): Html {
  const shown = runs.slice(0, MAX_RUNS);
  return html`<section class="card">
    <h2>Earlier checks <span class="number">${runs.length}</span></h2>
    <div class="runs">
      ${shown.map(
        run =>
          html`<details>
            <summary>
              ${badge(verdictOf(run))}
              <h3>
                ${run.head ? code(run.head.slice(0, 7)) : 'Unknown commit'}
              </h3>
              <span class="end">${moment(run.startedAt)}</span>
            </summary>
            <div class="body">
              <p>${sentenceOf(run)}</p>
              ${renderRun(run, { now, rows, level: 4 })}
            </div>
          </details>`,
      )}
    </div>
    ${more(runs.length - shown.length, 'check')}
  </section>`;
}

const INGESTED = {
  done: { tone: 'good', label: 'Done' },
  pending: { tone: 'idle', label: 'Pending' },
  failing: { tone: 'bad', label: 'Failing' },
} as const;

const ACTIONS = {
  add: 'Add',
  change: 'Change',
  move: 'Move',
  remove: 'Remove',
};

function afterMerge(
  { at, entities }: NonNullable<PullRequestRecord['merge']>,
  rows: Rows,
): Html {
  const { shown, hidden } = rows.take(entities);
  return html`<section class="card">
    <h2>After the merge</h2>
    <p>Merged on ${moment(at)}. ${ingestion(at, entities)}</p>
    ${
      shown.length > 0 &&
      section(3, 'Entities', `${entities.length}`, [
        table(
          'Entities after the merge',
          ['State', 'Entity', 'Change', 'After'],
          shown.map(entity => [
            badge(INGESTED[entity.state]),
            html`${code(entity.entityRef)}${
              entity.message &&
              html`<span class="sub">${prose(entity.message)}</span>`
            }`,
            html`${ACTIONS[entity.action]}`,
            entity.at === undefined
              ? html``
              : html`${duration(entity.at - at)}`,
          ]),
        ),
        more(hidden, 'entity', 'entities'),
      ])
    }
  </section>`;
}

/** What the catalog has done after a merge, and how long that took. */
function ingestion(at: number, entities: IngestedEntity[]): string {
  if (entities.length === 0) {
    return 'It changed no entity.';
  }
  const of = (state: IngestedEntity['state']) =>
    entities.filter(entity => entity.state === state);
  const done = of('done');
  const failing = of('failing').length;
  const total = count(entities.length, 'entity', 'entities');
  const last = Math.max(...done.map(entity => entity.at ?? at));
  return [
    done.length === entities.length
      ? `The catalog has ingested all of ${total} after ${duration(last - at)}.`
      : `The catalog has ingested ${done.length} of ${total} so far.`,
    failing > 0 && `It reports errors for ${failing}.`,
  ]
    .filter(Boolean)
    .join(' ');
}
