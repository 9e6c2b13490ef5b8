import {
  DataCenterHookEvent,
  SimulatedInstance,
} from '../../../dev/simulator/data-center';
import { fakeTiming } from '../../../testing/bitbucket/fakeTiming';
import { pullRequestWorld } from '../../../testing/bitbucket-data-center/pullRequestWorld';
import {
  dataCenterClientOf,
  startDataCenter,
} from '../../../testing/dataCenter';
import { faultOf, simulated } from '../../../testing/host-contract/simulated';
import { describeHostContract, HostWorld } from '../../../testing/hostContract';
import { BitbucketDataCenterHost } from './BitbucketDataCenterHost';
import {
  createDataCenterDeliveries,
  EVENTS,
  PULL_REQUEST_EVENTS,
} from './delivery';
import { headsOf } from './limits';
import { PullRequests } from './pullRequests';

const TOKEN = 'token-not-to-be-shown';

/** An instance without repositories, and a webhook that notes its deliveries. */
async function startWorld(): Promise<HostWorld> {
  const timing = fakeTiming();
  const instance = new SimulatedInstance();
  const simulator = await startDataCenter({
    instance,
    contextPath: '/bitbucket',
    now: timing.now,
  });
  let delivery: ReturnType<HostWorld['delivery']>;
  simulator.deliveries.plan = ({ event, requestUuid, body }) => {
    const headers = { 'x-event-key': event, 'x-request-id': requestUuid };
    delivery = { headers, payload: JSON.parse(body) };
    return 'lose';
  };
  const later = () => timing.advance(60_000);
  const client = dataCenterClientOf(simulator, {
    credential: { kind: 'httpAccessToken', token: TOKEN },
    timing,
    maxFileBytes: 10_000,
  });
  const { host } = client.api;
  const find = (slug: string) => {
    const found = instance.repositories.find(one => one.slug === slug);
    if (!found) {
      throw new Error(`There is no repository ${slug}`);
    }
    return found;
  };
  const projectOf = (key: string) => {
    if (!instance.findProject(key)) {
      const project = instance.addProject(key);
      instance.hooks.add(project, {
        url: 'https://localhost/',
        events: [
          ...EVENTS,
          ...PULL_REQUEST_EVENTS,
          'pr:comment:added',
        ] as DataCenterHookEvent[],
      });
    }
    return instance.project(key);
  };
  return {
    host: new BitbucketDataCenterHost({
      client,
      deliveries: createDataCenterDeliveries({ host }),
      pullRequests: new PullRequests(client.api),
      heads: () => headsOf({ withWebhooks: false, walkMs: 300_000 }),
    }),
    selection: { workspace: host },
    nameOf: slug => `PAY/${slug}`,
    secrets: [TOKEN],
    addRepository(slug, { files, projectKey = 'PAY' }) {
      later();
      projectOf(projectKey);
      instance.addRepository(projectKey, {
        slug,
        files: files && simulated(files),
      });
    },
    push(slug, branch, files) {
      later();
      const { workspace } = find(slug);
      workspace.push(slug, simulated(files), { branch });
    },
    tag(slug, name) {
      later();
      find(slug).workspace.createTag(slug, name);
    },
    rename(slug, newSlug) {
      later();
      instance.rename(find(slug), newSlug);
    },
    remove(slug) {
      later();
      find(slug).workspace.removeRepository(slug);
    },
    failWith(failure) {
      simulator.faults.add(faultOf(failure));
    },
    // Where a query is part of the address, it decides what is asked for.
    requests: () =>
      simulator.requests.entries.map(
        ({ path, query }) =>
          `${path}?${Object.keys(query).sort()} ${query.format ?? ''}`,
      ),
    delivery: () => delivery,
    spellings: url => [
      `${url}#12-20`,
      `${url}&autoSincePath=false`,
      url.replace('/browse/', '/raw/'),
      url.replace('refs%2Fheads%2F', ''),
      url.replace('refs%2Fheads%2Ffeature%2Fx', 'refs/heads/feature/x'),
      url.replace('://', '://jane@'),
      url.replace('/PAY/', '/pay/'),
    ],
    pullRequests: pullRequestWorld(instance, later),
  };
}

describeHostContract('Bitbucket Data Center', startWorld, {
  withPullRequests: true,
});
