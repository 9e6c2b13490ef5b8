import { Changes } from '../../../dev/simulator';
import { Rule } from '../../pull-requests/checkResult';

/** A pull request, and what its check has to find for which the catalog rejects something. */
export type VerdictCase = {
  /** On the main branch. */
  before?: Record<string, string>;
  changes: Changes;
  /** What is pushed to the main branch since the pull request branched off. */
  meanwhile?: Changes;
  /** What the merge makes of both. Default: the changes. */
  merged?: Changes;
  /** The rules of the findings that are errors, sorted. Default: none. */
  errors?: Rule[];
  /** How many of the findings say that a whole file is rejected. Default: none. */
  rejectedFiles?: number;
};

/** The catalog file at the root. */
export function file(text: string): Record<string, string> {
  return { 'catalog-info.yaml': text };
}

export function entity(
  kind: string,
  name: string,
  spec: string,
  metadata: string = '',
): string {
  return `apiVersion: backstage.io/v1alpha1
kind: ${kind}
metadata:
  name: ${name}
${metadata}spec:
${spec}`;
}

export const component = (name: string, metadata?: string) =>
  entity(
    'Component',
    name,
    '  type: service\n  lifecycle: production\n  owner: team-a\n',
    metadata,
  );

export const location = (name: string, ...targets: string[]) =>
  entity(
    'Location',
    name,
    `  targets:\n${targets.map(target => `    - ${target}\n`).join('')}`,
  );

export const api = (name: string, definition: string) =>
  entity(
    'API',
    name,
    `  type: openapi\n  lifecycle: production\n  owner: team-a\n  definition: ${definition}\n`,
  );

export const documents = (...texts: string[]) => texts.join('---\n');
