import type { SimulatedRepository } from '../world/repository';
import { avatar, Html, html, moment } from './html';
import { branches, listPath, renderPage, stateLozenge } from './layout';

/** The pull requests of a repository: the open ones first, and the latest of them. */
export function pullRequestList(repository: SimulatedRepository): string {
  const newestFirst = [...repository.pullRequests].reverse();
  const isOpen = ({ state }: { state: string }) => state === 'OPEN';
  const sorted = [
    ...newestFirst.filter(isOpen),
    ...newestFirst.filter(one => !isOpen(one)),
  ];
  const rows = sorted.map(pullRequest => {
    const { id, title, author, source, destination, updatedOn } = pullRequest;
    return html`<li>
      ${avatar(author)}
      <div>
        <p>
          <a href="${listPath(repository)}/${id}">${title}</a>
          <span class="muted">#${id}</span>
        </p>
        <p class="by">
          <span class="muted">${author}, ${moment(updatedOn)}</span>
          ${branches(source, destination)}
        </p>
      </div>
      <span>${stateLozenge(pullRequest)}</span>
    </li> `;
  });
  const content: Html = html`<header class="title">
      <h1>Pull requests</h1>
    </header>
    <div class="columns">
      <main>
        ${
          rows.length > 0
            ? html`<ul class="card list">
                ${rows}
              </ul>`
            : html`<p class="muted">There are no pull requests.</p>`
        }
      </main>
    </div>`;
  return renderPage({ title: 'Pull requests', repository, content });
}
