import { Fault } from '../../../dev/simulator/faults/types';
import { SimulatedFile } from '../../../dev/simulator/world/file';
import { SimulatedWorkspace } from '../../../dev/simulator/world/workspace';
import { clientOf } from '../../../testing/bitbucket/clientOf';
import { fakeTiming } from '../../../testing/bitbucket/fakeTiming';
import {
  describeHostContract,
  HostFailure,
  HostFile,
  HostWorld,
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
  acme.hooks.add({ url: 'https://localhost/', events: ['repo:push'] });
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
  };
}

type Simulated = string | SimulatedFile;

function simulated(files: Record<string, HostFile>): Record<string, Simulated>;
function simulated(
  files: Record<string, HostFile | null>,
): Record<string, Simulated | null>;
function simulated(files: Record<string, HostFile | null>) {
  return Object.fromEntries(
    Object.entries(files).map(([path, file]) => [path, simulatedFile(file)]),
  );
}

function simulatedFile(file: HostFile | null): Simulated | null {
  return file === null || typeof file === 'string'
    ? file
    : new SimulatedFile(file.linkTo, ['link']);
}

function faultOf(failure: HostFailure): Fault {
  return failure === 'malformed'
    ? { kind: 'notJson' }
    : {
        kind: 'status',
        status: failure,
        message: 'Something else',
        ...(failure === 429 && { headers: { 'Retry-After': '3600' } }),
      };
}

describeHostContract('Bitbucket Cloud', startWorld);
