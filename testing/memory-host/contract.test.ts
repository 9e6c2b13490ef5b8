import {
  BitbucketError,
  ForbiddenError,
  NotFoundError,
  RateLimitedError,
  UnauthorizedError,
  UnavailableError,
  UnexpectedResponseError,
} from '../../src/scm/errors';
import { describeHostContract, HostFailure, HostWorld } from '../hostContract';
import { MemoryHost } from './MemoryHost';

function startWorld(): HostWorld {
  const host = new MemoryHost({ maxFileBytes: 10_000 });
  const { stored } = host;
  const idOf = (slug: string) =>
    stored.all().find(one => one.slug === slug)!.id;
  let delivery: unknown;
  return {
    host,
    selection: { workspace: host.id },
    nameOf: slug => `PAY/${slug}`,
    secrets: [],
    addRepository(slug, { files, projectKey = 'PAY' }) {
      stored.add(projectKey, slug, files);
    },
    push(slug, branch, files) {
      stored.push(idOf(slug), files, branch);
      delivery = host.delivery(idOf(slug), branch);
    },
    tag: (slug, name) => stored.tag(idOf(slug), name),
    rename: (slug, newSlug) => stored.rename(idOf(slug), newSlug),
    remove: slug => stored.delete(idOf(slug)),
    failWith(failure) {
      host.failure = errorOf(failure);
    },
    requests: () => host.requests,
    delivery: () => ({ headers: {}, payload: delivery }),
    spellings: url => [
      `${url}#12-20`,
      url.replace('://', '://jane@'),
      url.replace('/PAY/', '/pay/'),
    ],
  };
}

/** What a client makes of each failure. */
function errorOf(failure: HostFailure): BitbucketError {
  const details = { method: 'GET', url: 'https://git.example.com' };
  const problem = `answered ${failure}`;
  switch (failure) {
    case 401:
      return new UnauthorizedError(problem, details);
    case 403:
      return new ForbiddenError(problem, details);
    case 404:
      return new NotFoundError(problem, { ...details, missing: 'unknown' });
    case 429:
      return new RateLimitedError(problem, { ...details, retryAt: new Date() });
    case 503:
      return new UnavailableError(problem, details);
    default:
      return new UnexpectedResponseError(problem, details);
  }
}

describeHostContract('A host in memory', startWorld);
