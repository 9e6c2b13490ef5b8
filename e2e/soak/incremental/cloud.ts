import { HookEvent } from '../../../dev/simulator';
import bitbucketCloud from '../../../src';
import { clientWithTiming } from '../../../testing';
import { CloudWorld, WORKSPACE } from '../CloudWorld';
import { configOf, PROJECTS, providersOf, SECRET } from './config';
import { OPERATIONS } from './operations';
import { Product, ProductOptions } from './Product';
import { wrongKindsOf } from './wrongKinds';

const HOUR_MS = 3_600_000;

const EVENTS: HookEvent[] = [
  'repo:push',
  'repo:created',
  'repo:deleted',
  'repo:imported',
  'repo:transfer',
  'repo:updated',
  'project:updated',
];

/** The list of recent updates does not show these, and the full list is read once an hour. */
const UNSEEN_EVENTS = ['repo:updated', 'repo:deleted'];
const UNSEEN_KINDS = ['access lost', 'access regained'];

/** A small workspace on Bitbucket Cloud. */
export async function startCloud(options: ProductOptions): Promise<Product> {
  const { seed, port } = options;
  const world = await CloudWorld.start({
    ...options,
    projects: PROJECTS,
    branch: seed % 3 === 0 ? 'production' : undefined,
    keepsFirst: true,
  });
  const { simulator, account, workspace } = world;
  workspace.hooks.add({
    url: `http://127.0.0.1:${port}/api/events/http/bitbucketCloud`,
    events: EVENTS,
    secret: SECRET,
  });
  const integration = {
    apiBaseUrl: simulator.apiBaseUrl,
    token: account.token,
    requestsPerHour: 100_000,
  };
  return {
    world,
    name: 'bitbucketCloud',
    features: timing => [bitbucketCloud, clientWithTiming(timing)],
    config: () =>
      configOf(world, 'bitbucketCloud', integration, { workspace: WORKSPACE }),
    providers: () => providersOf(world),
    tasks: [],
    operations: OPERATIONS,
    wrongKinds: wrongKindsOf(world),
    unseen: {
      events: event => UNSEEN_EVENTS.includes(event),
      kinds: UNSEEN_KINDS,
    },
    noticedAfterMs: HOUR_MS,
    stepMs: [20_000],
  };
}
