import { componentFile } from '../../../testing';
import { component, documents, entity, file, VerdictCase } from './verdictCase';

/** What the catalog rejects as a whole. */
export const REJECTED_FILES: Record<string, VerdictCase> = {
  syntax: {
    before: file(component('syntax')),
    changes: file(`${component('syntax')}  broken: "text\n`),
    errors: ['syntax'],
    rejectedFiles: 1,
  },
  'one-of-two-broken': {
    before: file(component('one-of-two')),
    changes: file(
      documents(componentFile('one-of-two', 'experimental'), 'a: b: c\n'),
    ),
    errors: ['syntax'],
    rejectedFiles: 1,
  },
  'merge-keys': {
    changes: file(`apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: merge-keys
  x: &x { lifecycle: production, owner: team-a }
spec:
  <<: *x
  type: service
`),
    errors: ['schema'],
  },
  'unresolved-alias': {
    changes: file(`${component('unresolved-alias')}  other: *nothing\n`),
    errors: ['syntax'],
    rejectedFiles: 1,
  },
  'same-key-twice': {
    changes: file(`${component('same-key-twice')}  owner: team-b\n`),
    errors: ['syntax'],
    rejectedFiles: 1,
  },
  tabs: {
    changes: file(component('tabs').replace('  type', '\ttype')),
    errors: ['syntax'],
    rejectedFiles: 1,
  },
  'alias-of-another-document': {
    changes: file(
      documents(
        component('alias-1').replace('team-a', '&owner team-a'),
        component('alias-2').replace('team-a', '*owner'),
      ),
    ),
    errors: ['syntax'],
    rejectedFiles: 1,
  },
  'utf-16': {
    changes: {
      'catalog-info.yaml': Buffer.from(
        `\ufeff${component('utf-16')}`,
        'utf16le',
      ),
    },
    errors: ['syntax'],
    rejectedFiles: 1,
  },
  text: {
    changes: file('Just a text.\n'),
    errors: ['syntax'],
    rejectedFiles: 1,
  },
  'null-metadata': {
    changes: file(
      'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n',
    ),
    errors: ['envelope'],
    rejectedFiles: 1,
  },
  'null-annotations': {
    changes: file(component('null-annotations', '  annotations:\n')),
  },
  'template-kind': {
    changes: file(entity('Template', 'template-kind', '  steps: []\n  x: y\n')),
    errors: ['kind', 'schema'],
    rejectedFiles: 1,
  },
  list: {
    changes: file('- apiVersion: backstage.io/v1alpha1\n'),
    errors: ['syntax'],
    rejectedFiles: 1,
  },
  'no-name': {
    changes: file(
      documents(
        component('no-name-1'),
        component('no-name-2').replace('name:', 'title:'),
      ),
    ),
    errors: ['envelope'],
    rejectedFiles: 1,
  },
  'no-kind': {
    changes: file(component('no-kind').replace('kind: Component\n', '')),
    errors: ['envelope'],
    rejectedFiles: 1,
  },
  'numeric-name': {
    changes: file(component('1234')),
    errors: ['envelope'],
    rejectedFiles: 1,
  },
  'annotations-list': {
    changes: file(
      documents(
        component('annotations-list-1'),
        component('annotations-list-2', '  annotations: [a, b]\n'),
      ),
    ),
    errors: ['envelope'],
    rejectedFiles: 1,
  },
  'kind-not-allowed': {
    before: file(component('not-allowed')),
    changes: file(
      documents(
        componentFile('not-allowed', 'experimental'),
        entity('User', 'somebody', '  memberOf: []\n'),
        entity('User', 'another', '  memberOf: []\n'),
      ),
    ),
    errors: ['kind', 'kind'],
    rejectedFiles: 2,
  },
  'type-not-allowed': {
    changes: file(
      entity(
        'Resource',
        'type-not-allowed',
        '  type: queue\n  owner: team-a\n',
      ),
    ),
    errors: ['kind'],
    rejectedFiles: 1,
  },
};
