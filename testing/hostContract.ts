import { describeDeliveries } from './host-contract/deliveries';
import { describeFailures } from './host-contract/failures';
import { describeFiles } from './host-contract/files';
import { describePullRequests } from './host-contract/pullRequests';
import { describeRefs } from './host-contract/refs';
import { describeRepositories } from './host-contract/repositories';
import { startShop, Shop } from './host-contract/shop';
import { describeUrls } from './host-contract/urls';
import { HostWorld } from './host-contract/world';

export type {
  HostFailure,
  HostWorld,
  PullRequestWorld,
} from './host-contract/world';

/**
 * Tests what the rest of this module relies on, whatever the host.
 *
 * @param startWorld - starts a product without repositories, until the test ends
 * @param options.withPullRequests - whether the host has `pullRequests`. Default false
 */
export function describeHostContract(
  name: string,
  startWorld: () => HostWorld | Promise<HostWorld>,
  { withPullRequests = false }: { withPullRequests?: boolean } = {},
): void {
  describe(`${name}, as any host,`, () => {
    let shop: Shop;

    beforeEach(async () => {
      shop = await startShop(await startWorld());
    });

    describeRepositories(() => shop);
    describeRefs(() => shop);
    describeFiles(() => shop);
    describeFailures(() => shop);
    describeUrls(() => shop);
    describeDeliveries(() => shop);

    it(`has ${withPullRequests ? '' : 'no '}pull requests`, () => {
      const { host, world } = shop;
      expect([Boolean(host.pullRequests), Boolean(world.pullRequests)]).toEqual(
        [withPullRequests, withPullRequests],
      );
    });

    if (withPullRequests) {
      describePullRequests(() => shop);
    }
  });
}
