import { Changes } from '../../../dev/simulator';
import { componentFile } from '../../../testing';
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
function file(text: string): Record<string, string> {
  return { 'catalog-info.yaml': text };
}

function entity(
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

const component = (name: string, metadata?: string) =>
  entity(
    'Component',
    name,
    '  type: service\n  lifecycle: production\n  owner: team-a\n',
    metadata,
  );

const location = (name: string, ...targets: string[]) =>
  entity(
    'Location',
    name,
    `  targets:\n${targets.map(target => `    - ${target}\n`).join('')}`,
  );

const api = (name: string, definition: string) =>
  entity(
    'API',
    name,
    `  type: openapi\n  lifecycle: production\n  owner: team-a\n  definition: ${definition}\n`,
  );

const documents = (...texts: string[]) => texts.join('---\n');

/** By slug of the repository; each component has the slug for a name, or begins with it. */
export const VERDICT_CASES: Record<string, VerdictCase> = {
  // What the catalog takes.
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
  'moves-to-target': {
    before: {
      ...file(documents(component('moves-to-1'), component('moves-to-2'))),
    },
    changes: {
      ...file(
        documents(component('moves-to-1'), location('moves-to', './b.yaml')),
      ),
      'b.yaml': component('moves-to-2'),
    },
  },

  // What the main branch has changed, too.
  'added-meanwhile': {
    before: file(documents(component('meanwhile-a'), component('meanwhile-b'))),
    changes: file(
      documents(
        componentFile('meanwhile-a', 'experimental'),
        component('meanwhile-b'),
      ),
    ),
    meanwhile: file(
      documents(
        component('meanwhile-a'),
        component('meanwhile-b'),
        component('meanwhile-c'),
      ),
    ),
    merged: file(
      documents(
        componentFile('meanwhile-a', 'experimental'),
        component('meanwhile-b'),
        component('meanwhile-c'),
      ),
    ),
  },
  'changed-meanwhile': {
    before: file(documents(component('both-a'), component('both-b'))),
    changes: file(documents(component('both-a'))),
    meanwhile: file(
      documents(componentFile('both-a', 'experimental'), component('both-b')),
    ),
    merged: file(documents(componentFile('both-a', 'experimental'))),
  },
  'target-added-meanwhile': {
    before: {
      ...file(location('target-meanwhile', './a.yaml')),
      'a.yaml': component('target-meanwhile-a'),
    },
    changes: {
      ...file(location('target-meanwhile', './a.yaml', './c.yaml')),
      'c.yaml': component('target-meanwhile-c'),
    },
    meanwhile: {
      ...file(location('target-meanwhile', './b.yaml', './a.yaml')),
      'b.yaml': component('target-meanwhile-b'),
    },
    merged: {
      ...file(location('target-meanwhile', './b.yaml', './a.yaml', './c.yaml')),
      'c.yaml': component('target-meanwhile-c'),
    },
  },
  'text-changes-meanwhile': {
    before: {
      ...file(
        documents(
          api('text-meanwhile', '{ $text: ./api.yaml }'),
          component('text-meanwhile-2'),
        ),
      ),
      'api.yaml': 'openapi: 3.1.0\n',
    },
    changes: { 'api.yaml': 'openapi: 3.1.1\n' },
    meanwhile: file(
      documents(
        api('text-meanwhile', '{ $text: ./api.yaml }'),
        componentFile('text-meanwhile-2', 'experimental'),
        component('text-meanwhile-3'),
      ),
    ),
  },

  // What the catalog rejects as a whole.
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

  // What the catalog rejects of a file.
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
