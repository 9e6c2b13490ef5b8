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

/** What the catalog takes. */
export const ACCEPTED_FILES: Record<string, VerdictCase> = {
  added: { changes: file(component('added')) },
  changed: {
    before: file(component('changed')),
    changes: file(componentFile('changed', 'experimental')),
  },
  'two-documents': {
    changes: file(documents(component('two-1'), component('two-2'))),
  },
  'unknown-owner': {
    changes: file(
      component('unknown-owner').replace('team-a', 'nobody-anywhere'),
    ),
  },
  empty: { before: file(component('empty')), changes: file('') },
  comments: {
    before: file(component('comments')),
    changes: file('# nothing\n---\n# at all\n'),
  },
  bom: { changes: file(`\ufeff${component('bom')}`) },
  crlf: { changes: file(component('crlf').replaceAll('\n', '\r\n')) },
  anchors: {
    changes: file(`apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: &name anchors
  title: *name
spec: { type: service, lifecycle: production, owner: team-a }
`),
  },
  json: {
    changes: file(
      JSON.stringify({
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: { name: 'json' },
        spec: { type: 'service', lifecycle: 'production', owner: 'team-a' },
      }),
    ),
  },
  'longest-name': {
    changes: file(component(`longest-name-${'x'.repeat(50)}`)),
  },
  'extra-fields': {
    changes: file(`${component('extra-fields')}  anything: { goes: [here] }\n`),
  },
  'own-annotations': {
    changes: file(
      component(
        'own-annotations',
        '  annotations:\n    backstage.io/managed-by-location: url:https://example.com/x\n    acme.com/x: y\n',
      ),
    ),
  },
  'own-kind': {
    changes: file(
      'apiVersion: acme.com/v1\nkind: Gadget\nmetadata:\n  name: own-kind\n',
    ),
  },
  'text-present': {
    changes: {
      ...file(api('text-present', '{ $text: ./api.yaml }')),
      'api.yaml': 'openapi: 3.1.0\n',
    },
  },
  'text-by-url': {
    changes: {
      ...file(
        api(
          'text-by-url',
          '{ $text: https://bitbucket.org/acme/text-by-url/src/main/docs/api.yaml }',
        ),
      ),
      'docs/api.yaml': 'openapi: 3.1.0\n',
    },
  },
  'text-changes': {
    before: {
      ...file(api('text-changes', '{ $text: ./api.yaml }')),
      'api.yaml': 'openapi: 3.1.0\n',
    },
    changes: { 'api.yaml': 'openapi: 3.1.1\n' },
  },
  'large-definition': {
    changes: {
      ...file(api('large-definition', '{ $text: ./api.yaml }')),
      'api.yaml': `openapi: 3.1.0\ninfo: ${'x'.repeat(200_000)}\n`,
    },
  },
  'large-text': {
    changes: file(api('large-text', `"${'x'.repeat(200_000)}"`)),
  },
  targets: {
    changes: {
      ...file(location('targets', './a.yaml', './folder/b.yaml')),
      'a.yaml': component('targets-a'),
      'folder/b.yaml': component('targets-b'),
    },
  },
  wildcards: {
    changes: {
      ...file(location('wildcards', './apis/*/x.yaml')),
      'apis/a/x.yaml': component('wildcards-a'),
      'apis/b/x.yaml': component('wildcards-b'),
      'apis/x.yaml': component('wildcards-c'),
    },
  },
  'wildcards-optional': {
    changes: file(
      `${location('wildcards-optional', './none/*.yaml')}  presence: optional\n`,
    ),
  },
  'wildcards-file-more': {
    before: {
      ...file(location('wildcards-more', './apis/*.yaml')),
      'apis/a.yaml': component('wildcards-more-a'),
    },
    changes: {
      'apis/a.yaml': componentFile('wildcards-more-a', 'experimental'),
      'apis/b.yaml': component('wildcards-more-b'),
    },
  },
  'wildcards-less': {
    before: {
      ...file(location('wildcards-less', './apis/**/*.yaml')),
      'apis/a.yaml': component('wildcards-less-a'),
      'apis/b/b.yaml': component('wildcards-less-b'),
    },
    changes: file(location('wildcards-less', './apis/*.yaml')),
  },
  'wildcards-more': {
    before: {
      ...file(location('wildcards-wider', './apis/*.yaml')),
      'apis/a.yaml': component('wildcards-wider-a'),
      'apis/b/b.yaml': component('wildcards-wider-b'),
    },
    changes: file(location('wildcards-wider', './apis/**/*.yaml')),
  },
  'optional-target': {
    changes: file(
      `${location('optional-target', './none.yaml')}  presence: optional\n`,
    ),
  },
  'one-target-more': {
    before: {
      ...file(location('one-target-more', './a.yaml')),
      'a.yaml': component('one-target-more-a'),
    },
    changes: {
      ...file(location('one-target-more', './a.yaml', './b.yaml')),
      'b.yaml': component('one-target-more-b'),
    },
  },
  'one-target-less': {
    before: {
      ...file(location('one-target-less', './a.yaml', './b.yaml')),
      'a.yaml': component('one-target-less-a'),
      'b.yaml': component('one-target-less-b'),
    },
    changes: file(location('one-target-less', './a.yaml')),
  },
  'allowed-user': {
    changes: file(entity('User', 'allowed-user', '  memberOf: []\n')),
  },
  removed: {
    before: file(documents(component('removed-1'), component('removed-2'))),
    changes: file(component('removed-1')),
  },
  deleted: {
    before: file(component('deleted')),
    changes: { 'catalog-info.yaml': null },
  },
  'same-twice': {
    changes: file(documents(component('same-twice'), component('Same-Twice'))),
    errors: ['duplicate'],
  },
  conflict: {
    changes: file(documents(component('holder'), component('conflict-new'))),
    errors: ['conflict'],
  },
  holder: { before: file(component('holder')), changes: {} },
  repaired: {
    before: file(component('repaired').replace('spec:', 'spec')),
    changes: file(component('repaired')),
  },

  'empty-documents': {
    changes: file(
      `---\n---\n${component('empty-documents-1')}---\n\n---\n# none\n---\n${component('empty-documents-2')}---\n`,
    ),
  },
  'document-end': {
    changes: file(
      `%YAML 1.2\n---\n${component('document-end-1')}...\n---\n${component('document-end-2')}...\n`,
    ),
  },
  'own-tag': {
    changes: file(component('own-tag').replace('team-a', '!Ref team-a')),
  },
  'proto-key': {
    changes: file(
      component('proto-key', '  annotations:\n    __proto__: x\n').concat(
        '  __proto__: { polluted: yes }\n',
      ),
    ),
    errors: ['schema'],
  },
  infinity: { changes: file(`${component('infinity')}  most: .inf\n`) },
  'other-namespace': {
    changes: file(
      documents(
        component('other-namespace'),
        component('other-namespace', '  namespace: beside\n'),
      ),
    ),
  },
  'other-case': {
    before: file(component('other-case')),
    changes: file(component('Other-Case')),
  },
  'same-namespace': {
    before: file(component('same-namespace')),
    changes: file(component('same-namespace', '  namespace: default\n')),
  },
  'location-annotation': {
    before: file(component('location-annotation')),
    changes: file(
      component(
        'location-annotation',
        '  annotations:\n    backstage.io/managed-by-location: url:https://example.com\n',
      ),
    ),
  },
  'target-and-targets': {
    changes: {
      ...file(
        `${location('target-and-targets', './a.yaml')}  target: ./b.yaml\n`,
      ),
      'a.yaml': component('target-and-targets-a'),
      'b.yaml': component('target-and-targets-b'),
    },
  },
  'no-targets': { changes: file(entity('Location', 'no-targets', '  {}\n')) },
  'same-target-twice': {
    changes: {
      ...file(location('same-target-twice', './a.yaml', 'a.yaml')),
      'a.yaml': component('same-target-twice-a'),
    },
  },
  'latin-1': {
    changes: {
      'catalog-info.yaml': Buffer.from(
        component('latin-1', '  title: Caf\u00e9\n'),
        'latin1',
      ),
    },
  },
  'unknown-placeholder': {
    changes: file(`${component('unknown-placeholder')}  x: { $own: ./y }\n`),
  },
  'text-at-root': {
    changes: {
      'parts/catalog-info.yaml': '# none\n',
      ...file(location('text-at-root', './parts/api.yaml')),
      'parts/api.yaml': api('text-at-root-api', '{ $text: ../api.yaml }'),
      'api.yaml': 'openapi: 3.1.0\n',
    },
  },
  'binary-text': {
    changes: {
      ...file(api('binary-text', '{ $text: ./api.bin }')),
      'api.bin': Buffer.from([0x50, 0x4b, 0xff, 0xfe, 0x41]),
    },
  },
};
