import { componentFile } from '../../../testing';
import {
  api,
  component,
  documents,
  entity,
  file,
  location,
  VerdictCase,
} from './verdictCase';

/** What the catalog rejects of a file. */
export const REJECTED_ENTITIES: Record<string, VerdictCase> = {
  'no-owner': {
    changes: file(
      documents(
        component('no-owner-1'),
        component('no-owner-2').replace('  owner: team-a\n', ''),
      ),
    ),
    errors: ['schema'],
  },
  'made-invalid': {
    before: file(component('made-invalid')),
    changes: file(
      component('made-invalid').replace('type: service', 'type: 3'),
    ),
    errors: ['schema'],
  },
  'long-name': {
    changes: file(component('x'.repeat(64))),
    errors: ['schema'],
  },
  'upper-namespace': {
    changes: file(component('upper-namespace', '  namespace: TeamA\n')),
    errors: ['schema'],
  },
  'null-owner': {
    changes: file(component('null-owner').replace('team-a', '')),
    errors: ['schema'],
  },
  'old-booleans': {
    changes: file(
      `%YAML 1.1\n---\n${component('old-booleans').replace('production', 'yes')}`,
    ),
    errors: ['schema'],
  },
  'number-owner': {
    changes: file(component('number-owner').replace('team-a', '123')),
    errors: ['schema'],
  },
  'lower-kind': {
    changes: file(component('lower-kind').replace('Component', 'component')),
    errors: ['schema'],
  },
  'other-version': {
    changes: file(component('other-version').replace('v1alpha1', 'v2')),
    errors: ['schema'],
  },
  'bad-label': {
    changes: file(component('bad-label', '  labels:\n    a b: c\n')),
    errors: ['schema'],
  },
  'null-tags': {
    changes: file(component('null-tags', '  tags:\n')),
    errors: ['schema'],
  },
  'empty-target': {
    changes: file(location('empty-target', '""')),
    errors: ['schema'],
  },
  'bad-presence': {
    changes: file(
      `${location('bad-presence', './none.yaml')}  presence: perhaps\n`,
    ),
    errors: ['schema', 'target'],
  },
  'bad-name': { changes: file(component('bad name')), errors: ['schema'] },
  'html-name': {
    changes: file(component("'<b>**x**</b>'")),
    errors: ['schema'],
  },
  'tags-text': {
    changes: file(component('tags-text', '  tags: java\n')),
    errors: ['schema'],
  },
  'bad-tag': {
    changes: file(component('bad-tag', '  tags: [good, Not_Good]\n')),
    errors: ['schema'],
  },
  'bad-annotation': {
    changes: file(
      component('bad-annotation', '  annotations:\n    acme.com/x: true\n'),
    ),
    errors: ['schema'],
  },
  'bad-link': {
    changes: file(component('bad-link', '  links:\n    - url: nowhere\n')),
    errors: ['schema'],
  },
  'root-field': {
    changes: file(`${component('root-field')}owner: team-a\n`),
    errors: ['schema'],
  },
  'no-spec': {
    changes: file(component('no-spec').replace(/spec:[^]*/, '')),
    errors: ['schema'],
  },
  'unknown-kind': {
    changes: file(
      'apiVersion: acme.com/v2\nkind: Gadget\nmetadata:\n  name: unknown-kind\n',
    ),
    errors: ['schema'],
  },
  'bad-reference': {
    changes: file(
      `${component('bad-reference')}  dependsOn: [no-kind-given]\n`,
    ),
    errors: ['schema'],
  },
  'processor-refuses': {
    changes: file(
      component(
        'processor-refuses',
        '  annotations:\n    acme.com/refuse: input\n',
      ),
    ),
    errors: ['schema'],
  },
  'text-missing': {
    changes: file(
      documents(
        api('text-missing', '{ $text: ./none.yaml }'),
        component('text-missing-2'),
      ),
    ),
    errors: ['placeholder'],
  },
  'text-removed': {
    before: {
      ...file(api('text-removed', '{ $text: ./api.yaml }')),
      'api.yaml': 'openapi: 3.1.0\n',
    },
    changes: { 'api.yaml': null },
    errors: ['placeholder'],
  },
  'bad-json': {
    changes: {
      ...file(component('bad-json', '  title: { $json: ./title.json }\n')),
      'title.json': '{',
    },
    errors: ['placeholder'],
  },
  'text-number': {
    changes: file(api('text-number', '{ $text: 3 }')),
    errors: ['placeholder'],
  },
  'target-missing': {
    changes: {
      ...file(
        documents(
          location('target-missing', './a.yaml', './none.yaml'),
          component('target-missing-own'),
        ),
      ),
      'a.yaml': component('target-missing-a'),
    },
    errors: ['target'],
  },
  'target-broken': {
    changes: {
      ...file(location('target-broken', './a.yaml', './b.yaml')),
      'a.yaml': component('target-broken-a'),
      'b.yaml': 'a: b: c\n',
    },
    errors: ['syntax', 'target'],
    rejectedFiles: 1,
  },
  'target-entity': {
    changes: {
      ...file(location('target-entity', './a.yaml', './b.yaml')),
      'a.yaml': component('target-entity-a'),
      'b.yaml': component('target-entity-b').replace('  owner: team-a\n', ''),
    },
    errors: ['schema'],
  },
  'target-kind': {
    changes: {
      ...file(location('target-kind', './a.yaml')),
      'a.yaml': entity('User', 'target-kind', '  memberOf: []\n'),
    },
    errors: ['kind', 'target'],
    rejectedFiles: 1,
  },
  'wildcards-none': {
    changes: file(
      documents(
        location('wildcards-none', './none/*.yaml'),
        component('wildcards-none-own'),
      ),
    ),
    errors: ['target'],
  },
  'wildcards-broken': {
    changes: {
      ...file(location('wildcards-broken', './apis/*.yaml')),
      'apis/a.yaml': component('wildcards-broken-a'),
      'apis/b.yaml': 'a: b: c\n',
    },
    errors: ['syntax', 'target'],
    rejectedFiles: 1,
  },
  'known-target-broken': {
    before: {
      ...file(location('known-target-broken', './a.yaml', './b.yaml')),
      'a.yaml': component('known-target-a'),
      'b.yaml': component('known-target-b'),
    },
    changes: { 'b.yaml': 'a: b: c\n' },
    errors: ['syntax', 'target'],
    rejectedFiles: 1,
  },
  'known-target-removed': {
    before: {
      ...file(location('known-target-removed', './a.yaml', './b.yaml')),
      'a.yaml': component('known-removed-a'),
      'b.yaml': component('known-removed-b'),
    },
    changes: { 'b.yaml': null },
    errors: ['target'],
  },
  'known-target-removed-1': {
    before: {
      ...file(location('known-removed-1', './a.yaml')),
      'a.yaml': component('known-removed-1-a'),
    },
    changes: { 'a.yaml': null },
    errors: ['target'],
  },
  'known-targets-one-broken': {
    before: {
      ...file(location('one-broken', './a.yaml', './b.yaml')),
      'a.yaml': component('one-broken-a'),
      'b.yaml': component('one-broken-b'),
    },
    changes: {
      'a.yaml': componentFile('one-broken-a', 'experimental'),
      'b.yaml': 'a: b: c\n',
    },
    errors: ['syntax', 'target'],
    rejectedFiles: 1,
  },
  'wildcards-one-broken': {
    before: {
      ...file(location('wildcards-one', './apis/*.yaml')),
      'apis/a.yaml': component('wildcards-one-a'),
      'apis/b.yaml': component('wildcards-one-b'),
    },
    changes: {
      'apis/a.yaml': componentFile('wildcards-one-a', 'experimental'),
      'apis/b.yaml': 'a: b: c\n',
      'apis/c.yaml': component('wildcards-one-c'),
    },
    errors: ['syntax', 'target'],
    rejectedFiles: 1,
  },
  'location-of-files': {
    changes: file(
      entity(
        'Location',
        'location-of-files',
        '  type: file\n  target: /etc/passwd\n',
      ),
    ),
    errors: ['target'],
  },
};
