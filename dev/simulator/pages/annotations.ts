import type { AnnotationContent } from '../world/reports';
import { externalLink, Html, html } from './html';

/** As Bitbucket words and colours them. */
const SEVERITIES: Record<string, string> = {
  CRITICAL: 'Critical',
  HIGH: 'High',
  MEDIUM: 'Medium',
  LOW: 'Low',
};

const TYPES: Record<string, string> = {
  BUG: 'Bug',
  CODE_SMELL: 'Code smell',
  VULNERABILITY: 'Vulnerability',
};

/**
 * A remark of a report.
 *
 * @param place - where it is, unless it stands there
 */
export function annotationCard(
  annotation: AnnotationContent,
  place?: string,
): Html {
  const { severity = 'LOW', annotation_type: type, result } = annotation;
  const { summary, details, link } = annotation;
  return html`<article class="annotation ${severity.toLowerCase()}">
    <p class="head">
      <span class="lozenge severity">${SEVERITIES[severity] ?? severity}</span>
      <span>${TYPES[type] ?? type}${result && html` · ${toWord(result)}`}</span>
      ${place && html`<span class="place">${place}</span>`}
    </p>
    <p>${summary}</p>
    ${details && html`<p class="muted">${details}</p>`}
    ${link && html`<p>${externalLink(link, 'More')}</p>`}
  </article> `;
}

const toWord = (result: string) =>
  `${result.slice(0, 1)}${result.slice(1).toLowerCase()}`;
