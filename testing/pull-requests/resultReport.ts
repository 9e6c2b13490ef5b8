import {
  CheckedFile,
  CheckResult,
  EntityChange,
  Finding,
} from '../../src/pull-requests/checkResult';
import { reportKey, toPosting } from '../../src/pull-requests/resultReport';
import { PullRequestLimits } from '../../src/scm/pullRequests';

export const key = reportKey('https://backstage.example.com', '{d-1}', 'main');
export const head = '5d6e7f8090a1b2c3d4e5f60718293a4b5c6d7e8f';
export const pullRequestUrl =
  'https://bitbucket.org/acme/shop/pull-requests/12';
export const link =
  'https://backstage.example.com/api/catalog/bitbucket/runs/ab';

const limits: PullRequestLimits = {
  annotations: 100,
  summary: 450,
  details: 2_000,
  values: 10,
  description: 255,
  comment: 30_000,
};

type Input = Parameters<typeof toPosting>[0];

export function posting(
  result: Partial<CheckResult>,
  {
    pullRequest,
    ...input
  }: Partial<Omit<Input, 'pullRequest'>> & {
    pullRequest?: Partial<Input['pullRequest']>;
  } = {},
) {
  return toPosting({
    result: { files: [], findings: [], plan: [], ...result },
    config: { buildStatus: 'failures', comment: true },
    limits,
    key,
    statusKey: key,
    pullRequest: {
      isDraft: false,
      isFork: false,
      source: { branch: 'feature/shop' },
      destination: { branch: 'main' },
      ...pullRequest,
    },
    head,
    pullRequestUrl,
    link,
    durationMs: 1_400.4,
    hadFailed: false,
    hasComment: false,
    ...input,
  });
}

export function file(
  path: string,
  how: CheckedFile['change'] = 'changed',
): CheckedFile {
  return { path, change: how, steps: [] };
}

export const badName: Finding = {
  rule: 'schema',
  severity: 'error',
  rejects: 'file',
  path: 'catalog-info.yaml',
  line: 4,
  entityRef: 'component:default/shop api',
  pointer: '/metadata/name',
  message:
    '`metadata.name` may contain letters, digits, `-`, `_` and `.`, up to 63 characters. Found "shop api".',
};

export const badKind: Finding = {
  rule: 'kind',
  severity: 'error',
  rejects: 'file',
  path: 'catalog-info.yaml',
  line: 21,
  entityRef: 'group:default/payments',
  message:
    'kind Group is not allowed at this location (catalog.rules). The whole file would be rejected.',
};

export const unknownOwner: Finding = {
  rule: 'reference',
  severity: 'warning',
  rejects: 'nothing',
  path: 'apis/catalog-info.yaml',
  line: 9,
  entityRef: 'component:default/cart',
  pointer: '/spec/owner',
  message:
    'owner group:default/paymnets does not exist in the catalog. Did you mean group:default/payments?',
};

export const removal: Finding = {
  rule: 'removal',
  severity: 'warning',
  rejects: 'nothing',
  entityRef: 'component:default/legacy-shop',
  line: 3,
  message:
    'legacy/catalog-info.yaml is deleted: component:default/legacy-shop would be removed. 3 entities refer to it.',
};

export const conflict: Finding = {
  rule: 'conflict',
  severity: 'error',
  rejects: 'entity',
  path: 'apis/catalog-info.yaml',
  line: 3,
  entityRef: 'component:default/cart',
  message:
    'component:default/cart is already defined at https://bitbucket.org/acme/basket/src/main/catalog-info.yaml. The catalog keeps that one and ignores this one.',
};

export const unchecked: Finding = {
  rule: 'unchecked',
  severity: 'note',
  rejects: 'nothing',
  path: 'apis/catalog-info.yaml',
  message: 'A target in another repository was not checked.',
};

export function change(
  action: EntityChange['action'],
  name: string,
  more: Partial<EntityChange> = {},
): EntityChange {
  const entityRef = `component:default/${name}`;
  return { entityRef, action, path: 'apis/catalog-info.yaml', ...more };
}

export const plan = [
  change('add', 'cart'),
  change('change', 'shop', { fields: ['spec.owner'] }),
  change('remove', 'legacy-shop', { path: 'legacy/catalog-info.yaml' }),
];

export const files = [
  file('catalog-info.yaml'),
  file('apis/catalog-info.yaml'),
  file('legacy/catalog-info.yaml', 'removed'),
];

export const failed: CheckResult = {
  files,
  findings: [badName, badKind, unknownOwner],
  plan,
};
