import { diffTrees } from '../world/diff';
import { mergeBase } from '../world/history';
import type { SimulatedPullRequest } from '../world/pullRequest';
import { emptyTree } from '../world/tree';
import {
  anchorOf,
  compareFile,
  ComparedFile,
  fileCard,
  lineCounts,
} from './fileDiff';
import { avatar, Html, html, moment } from './html';
import { branches, renderPage, stateLozenge } from './layout';
import { markdown } from './markdown';
import { sidePanel } from './sidePanel';

/** A pull request as a person sees it: the changed files, and what was posted to it. */
export function pullRequestPage(pullRequest: SimulatedPullRequest): string {
  const { title, id, source, destination } = pullRequest;
  const { repository, commit } = source;
  const reports = repository.reports.of(commit);
  const annotations = reports.flatMap(report =>
    [...report.annotations.values()].map(({ content }) => content),
  );
  const base = mergeBase(commit, destination.commit);
  const files = diffTrees(base?.tree ?? emptyTree, commit.tree, {
    renames: true,
  }).map(diff => compareFile(diff, annotations));
  const paths = new Set(files.map(({ path }) => path));
  const content = html`${header(pullRequest)}
    <div class="columns">
      <main>
        ${description(pullRequest)} ${filesOf(files)} ${files.map(fileCard)}
      </main>
      ${sidePanel({
        reports,
        // Those of another branch with the same commit are of another pull request.
        buildStatuses: repository.buildStatuses
          .of(commit)
          .filter(({ content: { refname } }) =>
            [undefined, source.branch].includes(refname),
          ),
        comments: pullRequest.comments.filter(({ deleted }) => !deleted),
        isShown: ({ path }) => path !== undefined && paths.has(path),
      })}
    </div>`;
  return renderPage({
    title: `#${id} ${title}`,
    repository: destination.repository,
    content,
  });
}

function header(pullRequest: SimulatedPullRequest): Html {
  const { title, id, author, source, destination, updatedOn } = pullRequest;
  return html`<header class="title">
    <h1>${title} <span class="id">#${id}</span></h1>
    <p class="by">
      ${avatar(author)}
      <span>${author}</span>
      ${branches(source, destination)} ${stateLozenge(pullRequest)}
      <span class="muted">
        Last updated ${moment(updatedOn)}, at
        <code title="${source.commit.hash}"
          >${source.commit.hash.slice(0, 7)}</code
        >
      </span>
    </p>
  </header>`;
}

function description({ description: text }: SimulatedPullRequest): Html {
  return html`${
    text.trim() !== '' &&
    html`<section class="card markdown">${markdown(text)}</section>`
  }`;
}

/** The files by name, with links to them. */
function filesOf(files: ComparedFile[]): Html {
  return html`<section class="card files">
    <h2>${files.length === 1 ? '1 file' : `${files.length} files`}</h2>
    <ul>
      ${files.map(
        file =>
          html`<li>
            <a href="#${anchorOf(file.path)}">${file.path}</a>
            ${remarks(file)} ${lineCounts(file)}
          </li> `,
      )}
    </ul>
  </section>`;
}

/** How many annotations there are in a file. */
function remarks({ onLines, onFile }: ComparedFile): Html {
  const count = [...onLines.values(), onFile].flat().length;
  const text = count === 1 ? '1 annotation' : `${count} annotations`;
  return html`${count > 0 && html`<span class="remark">${text}</span>`}`;
}
