import bitbucketDataCenter from '../../../src/dataCenter';
import { HEAD_AGE_MS } from '../../../src/hosts/bitbucket-data-center/limits';
import {
  createDataCenterFactory,
  dataCenterServiceRef,
} from '../../../src/plugin/dataCenter';
import { configOf, PROJECTS, providersOf, SECRET } from '../incremental/config';
import { Product, ProductOptions } from '../incremental/Product';
import { FAULT } from '../incremental/Troubles';
import { DataCenterWorld, PERSONAL_PROJECT } from './DataCenterWorld';
import { operationsOf } from './operations';
import { wrongKindsOf } from './wrongKinds';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Steps that no event tells of, or only one that cannot be handled then. */
const UNSEEN_KINDS = [
  'access lost',
  'access regained',
  'new repository',
  'deletion',
  'another under its name',
  'other main branch',
  'other default branch',
  'visibility',
  'archived',
  'no longer archived',
  'project out of sight',
  FAULT,
];

/**
 * A small instance of Bitbucket Data Center. Of four seeds, two have webhooks that the
 * backend installs, and two answer 404 for what the credential may not see. Of five, one
 * has the hashes of the mirror API.
 */
export async function startDataCenter(
  options: ProductOptions,
): Promise<Product> {
  const { seed, port } = options;
  const world = await DataCenterWorld.start({
    ...options,
    projects: [...PROJECTS, PERSONAL_PROJECT],
    branch: seed % 3 === 0 ? 'production' : undefined,
    keepsFirst: true,
    quirks: { hiddenAs: seed % 2 === 0 ? 401 : 404 },
    mirrorHashes: seed % 5 === 0,
  });
  const { instance, simulator, account } = world;
  const { host } = new URL(simulator.baseUrl);
  const url = `http://127.0.0.1:${port}/api/events/http/bitbucketServer`;
  const isInstalled = seed % 4 < 2;
  instance.projects
    // The module installs none in personal projects.
    .filter(project => !isInstalled || project.slug === PERSONAL_PROJECT)
    .forEach(project =>
      instance.hooks.add(project, {
        url,
        secret: SECRET,
        events: ['repo:refs_changed', 'repo:modified', 'project:modified'],
      }),
    );
  const integration = {
    host,
    apiBaseUrl: `${simulator.baseUrl}/rest/api/1.0`,
    token: account.token,
  };
  const provider = {
    host,
    filters: { skipArchivedRepos: true },
    ...(isInstalled ? { webhooks: { url } } : {}),
  };
  return {
    world,
    name: 'bitbucketServer',
    features: timing => [
      bitbucketDataCenter,
      createDataCenterFactory(dataCenterServiceRef, timing),
    ],
    config: () => configOf(world, 'bitbucketServer', integration, provider),
    providers: () => providersOf(world),
    tasks: isInstalled ? [`bitbucketServer-webhooks:${host}`] : [],
    operations: operationsOf(world),
    wrongKinds: wrongKindsOf(world),
    unseen: { events: () => true, kinds: UNSEEN_KINDS },
    // After the longer ones, the list is read again and heads are due.
    stepMs: [20_000, 20_000, 11 * MINUTE_MS],
    noticedAfterMs: Math.max(HOUR_MS, HEAD_AGE_MS.withWebhooks) + 1_000,
  };
}
