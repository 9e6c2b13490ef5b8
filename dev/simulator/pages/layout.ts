import { createHash } from 'node:crypto';
import type { SimulatedRepository } from '../world/repository';
import { Html, html } from './html';
import { STYLE } from './style';

/**
 * Puts what has changed in the place of what is shown, so that the page stays where it
 * was scrolled to. What it takes over was escaped like the page itself.
 */
const SCRIPT = `
setInterval(async () => {
  try {
    const response = await fetch(location.href);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    if (page.body.dataset.version === document.body.dataset.version) return;
    document.title = page.title;
    document.body.replaceWith(page.body);
  } catch {
    // The simulator has ended, or starts again.
  }
}, 1000);
`;

const hashOf = (text: string) =>
  createHash('sha256').update(text).digest('base64');

/** Nothing runs and nothing is loaded but what is part of every page. */
export const PAGE_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src 'sha256-${hashOf(SCRIPT)}'`,
    `style-src 'sha256-${hashOf(STYLE)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

/** What a page shows below its path. */
type Page = {
  title: string;
  repository: SimulatedRepository;
  content: Html;
};

/** A whole page, which follows what happens to what it shows. */
export function renderPage({ title, repository, content }: Page): string {
  const { workspace, slug } = repository;
  const body = html`<nav class="top" aria-label="Path">
      <span class="product">Bitbucket, simulated</span>
      <span>${workspace.name}</span>
      <span>${slug}</span>
      <a href="${listPath(repository)}">Pull requests</a>
    </nav>
    ${content}`;
  // Not escaped, as neither is text of someone.
  const style = new Html(`<style>${STYLE}</style>`);
  const script = new Html(`<script>${SCRIPT}</script>`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} — ${repository.fullName}</title>
        ${style}${script}
      </head>
      <body data-version="${hashOf(body.text)}">
        ${body}
      </body>
    </html> `.text;
}

export const listPath = ({ fullName }: SimulatedRepository) =>
  `/${fullName}/pull-requests`;

/** The state of a pull request, in Bitbucket's colours. */
export function stateLozenge({
  state,
  draft,
}: {
  state: 'OPEN' | 'MERGED' | 'DECLINED';
  draft: boolean;
}): Html {
  return html`<span class="lozenge ${state.toLowerCase()}">${state}</span>${
      draft && html` <span class="lozenge idle">DRAFT</span>`
    }`;
}

/** Where changes come from, and where they go. */
export function branches(
  source: { repository: SimulatedRepository; branch: string },
  destination: { repository: SimulatedRepository; branch: string },
): Html {
  const isFork = source.repository !== destination.repository;
  const from = isFork ? `${source.repository.fullName}:` : '';
  return html`<span class="branch">${from}${source.branch}</span>
    <span class="arrow" aria-label="into">→</span>
    <span class="branch">${destination.branch}</span>`;
}
