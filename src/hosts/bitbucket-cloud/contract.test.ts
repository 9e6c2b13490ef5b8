import { HOOK_EVENTS } from '../../../dev/simulator/world/hooks';
import { SimulatedWorkspace } from '../../../dev/simulator/world/workspace';
import { clientOf } from '../../../testing/bitbucket/clientOf';
import { fakeTiming } from '../../../testing/bitbucket/fakeTiming';
import { faultOf, simulated } from '../../../testing/host-contract/simulated';
import {
  describeHostContract,
  HostWorld,
  PullRequestWorld,
} from '../../../testing/hostContract';
import { start } from '../../../testing/simulator';
import { BitbucketCloudHost } from './BitbucketCloudHost';

const EMAIL = 'jane@example.com';
const TOKEN = 'ATATT-not-to-be-shown';

/** Bitbucket Cloud with an empty workspace `acme`, and webhooks that note their deliveries. */
async function startWorld(): Promise<HostWorld> {
  const timing = fakeTiming();
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  const simulator = await start({ workspaces: [acme], now: timing.now });
  let delivery: ReturnType<HostWorld['delivery']>;
  simulator.deliveries.plan = ({ event, requestUuid, body }) => {
    const headers = { 'x-event-key': event, 'x-request-uuid': requestUuid };
    delivery = { headers, payload: JSON.parse(body) };
    return 'lose';
  };
  acme.hooks.add({
    url: 'https://localhost/',
    events: HOOK_EVENTS.filter(event =>
      /^(repo:push|pullrequest:)/.test(event),
    ),
  });
  const later = () => timing.advance(60_000);
  const client = clientOf(simulator, {
    credential: { kind: 'apiToken', username: EMAIL, token: TOKEN },
    timing,
    maxFileBytes: 10_000,
  });
  return {
    host: new BitbucketCloudHost(client),
    selection: { workspace: 'acme' },
    secrets: [TOKEN, Buffer.from(`${EMAIL}:${TOKEN}`).toString('base64')],
    addRepository(slug, { files, projectKey }) {
      later();
      acme.addRepository({
        slug,
        project: projectKey,
        files: files && simulated(files),
      });
    },
    push(slug, branch, files) {
      later();
      acme.push(slug, simulated(files), { branch });
    },
    tag(slug, name) {
      later();
      acme.createTag(slug, name);
    },
    rename(slug, newSlug) {
      later();
      acme.renameRepository(slug, newSlug);
    },
    remove(slug) {
      later();
      acme.removeRepository(slug);
    },
    failWith(failure) {
      simulator.faults.add(faultOf(failure));
    },
    // Where a query is part of the address, it decides what is asked for.
    requests: () =>
      simulator.requests.entries.map(
        ({ path, query }) => `${path}?${Object.keys(query).sort()}`,
      ),
    delivery: () => delivery,
    spellings: url => [
      `${url}#lines-12`,
      `${url}?mode=edit`,
      url.replace('/src/', '/raw/'),
      url.replace('//bitbucket.org', '//jane@www.Bitbucket.org'),
      url.replace('/acme/shop/', '/Acme/SHOP/'),
    ],
    pullRequests: pullRequestsOf(acme, later),
  };
}

function pullRequestsOf(
  acme: SimulatedWorkspace,
  later: () => void,
): PullRequestWorld {
  const { pullRequests } = acme;
  const find = (slug: string, number: number) =>
    acme.repository(slug).pullRequests[number - 1];
  return {
    refusedLinks: ['http://localhost:7007/', 'https://backstage/'],
    fork(slug, newSlug) {
      later();
      acme.forkRepository(acme.repository(slug), { slug: newSlug });
    },
    open(slug, { source, fork, destination, title, isDraft }) {
      later();
      return pullRequests.open(slug, {
        source,
        sourceRepository:
          fork === undefined ? undefined : acme.repository(fork),
        destination,
        title,
        draft: isDraft,
      }).id;
    },
    rename(slug, number, title) {
      later();
      pullRequests.update(find(slug, number), { title });
    },
    close(slug, number, how) {
      later();
      pullRequests[how](find(slug, number));
    },
    comment(slug, number, raw) {
      later();
      pullRequests.comment(find(slug, number), { raw });
    },
    comments: (slug, number) =>
      find(slug, number)
        .comments.filter(({ deleted }) => !deleted)
        .map(({ id, raw }) => ({ id: `${id}`, text: raw })),
    deleteComment(slug, number, id) {
      later();
      const pullRequest = find(slug, number);
      const [comment] = pullRequest.comments.filter(one => `${one.id}` === id);
      pullRequests.deleteComment(pullRequest, comment);
    },
    posted(slug, hash) {
      const { reports, buildStatuses } = acme.repository(slug);
      const commit = acme.repository(slug).resolve(hash);
      if (!commit) {
        throw new Error(`${slug} has no commit ${hash}`);
      }
      return {
        reports: reports
          .of(commit)
          .map(({ externalId, content, annotations }) => ({
            id: externalId,
            title: content.title,
            details: content.details,
            isPassed: content.result === 'PASSED',
            link: content.link,
            values: content.data?.map(({ title }) => `${title}`) ?? [],
            annotations: [...annotations.values()].map(one => ({
              id: one.content.external_id,
              summary: one.content.summary,
              path: one.content.path,
              line: one.content.line,
            })),
          })),
        statuses: buildStatuses.of(commit).map(({ content }) => ({
          key: content.key,
          isPassed: content.state === 'SUCCESSFUL',
          description: `${content.description}`,
        })),
      };
    },
  };
}

describeHostContract('Bitbucket Cloud', startWorld, { withPullRequests: true });
