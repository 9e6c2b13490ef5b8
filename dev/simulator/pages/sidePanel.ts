import type { BuildStatus } from '../world/buildStatuses';
import type { PullRequestComment } from '../world/pullRequest';
import type {
  AnnotationContent,
  Report,
  ReportContent,
} from '../world/reports';
import { annotationCard } from './annotations';
import { avatar, externalLink, Html, html, moment } from './html';
import { markdown } from './markdown';

/** What stands beside the files of a pull request. */
type SidePanel = {
  reports: Report[];
  buildStatuses: BuildStatus[];
  /** Without those that were deleted. */
  comments: PullRequestComment[];
  /** Whether an annotation stands in a file on the page. */
  isShown(annotation: AnnotationContent): boolean;
};

export function sidePanel(panel: SidePanel): Html {
  const { reports, buildStatuses, comments } = panel;
  return html`<aside>
    ${section('Reports', reports.length, [
      reports.length === 0 && nothing('No report on the last commit.'),
      ...reports.map(report => reportCard(report, panel)),
    ])}
    ${section('Builds', buildStatuses.length, [
      buildStatuses.length === 0 && nothing('No build of the last commit.'),
      ...buildStatuses.map(buildCard),
    ])}
    ${section('Comments', comments.length, [
      comments.length === 0 && nothing('No comments.'),
      ...comments.map(commentCard),
    ])}
  </aside>`;
}

function section(
  title: string,
  count: number,
  content: (Html | false)[],
): Html {
  return html`<section class="panel" aria-label="${title}">
    <h2>${title} <span class="count">${count}</span></h2>
    ${content}
  </section> `;
}

const nothing = (text: string) => html`<p class="muted">${text}</p>`;

function reportCard(
  { content, annotations }: Report,
  { isShown }: SidePanel,
): Html {
  const { title, details, result, reporter, link, data = [] } = content;
  const all = [...annotations.values()].map(one => one.content);
  const others = all.filter(annotation => !isShown(annotation));
  return html`<article class="report">
    <header>
      ${outcome(result ?? 'PENDING')}
      <h3>${title}</h3>
    </header>
    ${reporter && html`<p class="muted">Reported by ${reporter}</p>`}
    <p>${details}</p>
    ${
      data.length > 0 &&
      html`<dl>
        ${data.map(
          value =>
            html`<div>
              <dt>${value.title}</dt>
              <dd>${valueOf(value)}</dd>
            </div> `,
        )}
      </dl>`
    }
    ${link && html`<p>${externalLink(link, 'View full report')}</p>`}
    ${all.length > 0 && html`<p class="muted">${countOf(all, others)}</p>`}
    ${others.map(one => annotationCard(one, placeOf(one)))}
  </article> `;
}

/** How many annotations there are, and how many of them stand in the files. */
function countOf(
  { length: all }: AnnotationContent[],
  { length: others }: AnnotationContent[],
): string {
  const count = all === 1 ? '1 annotation' : `${all} annotations`;
  if (others === 0) {
    return `${count} in the files`;
  }
  return others === all ? count : `${count}, ${all - others} in the files`;
}

const placeOf = ({ path, line }: AnnotationContent) =>
  line === undefined ? path : `${path}:${line}`;

/** A value as its type says. */
function valueOf({
  type,
  value,
}: NonNullable<ReportContent['data']>[number]): Html {
  switch (type) {
    case 'LINK': {
      const { text, href } = value as { text: string; href: string };
      return externalLink(href, text);
    }
    case 'BOOLEAN':
      return html`${value === true ? 'Yes' : 'No'}`;
    case 'DATE':
      return moment(Number(value));
    case 'DURATION':
      return html`${Number(value) < 1_000 ? `${value} ms` : `${(Number(value) / 1_000).toFixed(1)} s`}`;
    case 'NUMBER':
      return html`${Number(value).toLocaleString('en')}`;
    case 'PERCENTAGE':
      return html`${Number(value)} %`;
    default:
      return html`${String(value)}`;
  }
}

function buildCard({ content, updatedOn }: BuildStatus): Html {
  const { state, name, key, description, url } = content;
  return html`<article class="build">
    <header>
      ${outcome(state)}
      <h3>${externalLink(url, name ?? key)}</h3>
    </header>
    ${description && html`<p>${description}</p>`}
    <p class="muted">${moment(updatedOn)}</p>
  </article> `;
}

/** How results and states look. A colour never says it alone. */
const OUTCOMES: Record<string, 'good' | 'bad' | 'idle'> = {
  PASSED: 'good',
  SUCCESSFUL: 'good',
  FAILED: 'bad',
  STOPPED: 'idle',
  INPROGRESS: 'idle',
  PENDING: 'idle',
};

const outcome = (word: string) =>
  html`<span class="lozenge ${OUTCOMES[word] ?? 'idle'}">${word}</span>`;

function commentCard(comment: PullRequestComment): Html {
  const { author, raw, inline, createdOn } = comment;
  return html`<article class="comment">
    <p class="by">
      ${avatar(author)}
      <strong>${author}</strong>
      <span class="muted">${moment(createdOn)}</span>
    </p>
    ${inline && html`<p class="place">${inline.path}:${inline.to ?? inline.from ?? ''}</p>`}
    <div class="markdown">${markdown(raw)}</div>
  </article> `;
}
