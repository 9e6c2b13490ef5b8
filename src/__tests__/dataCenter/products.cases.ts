import { componentFile, describeWorld } from '../../../testing';
import { FILE } from './OneInstance';
import { Status, ThreeHosts } from './ThreeHosts';

/** Two instances with repositories of the same names, and a workspace beside them. */
describeWorld(
  'Bitbucket Cloud and two instances of Data Center in one backend',
  databases => ThreeHosts.start(databases),
  world => {
    beforeEach(() => world().forgetRequests());

    it('have one status, with each host and each provider of it', async () => {
      const { hosts: all, providers } = await world().status();
      expect(all.map(({ id }) => id)).toEqual([
        'bitbucket.org',
        ...world().names,
      ]);
      expect(providers.map(({ id, host }) => [id, host])).toEqual([
        ['default', 'bitbucket.org'],
        ['default', world().names[0]],
        ['second', world().names[1]],
      ]);
      expect(providers.slice(1).map(({ webhook }) => webhook?.state)).toEqual([
        'created',
        'created',
      ]);
    });

    it('have one set of permissions, endpoints and scheduled tasks', async () => {
      const answer = await world().backend.get(
        '.well-known/backstage/permissions/metadata',
      );
      const { permissions } = (await answer.json()) as {
        permissions: { name: string }[];
      };
      const names = permissions
        .map(({ name }) => name)
        .filter(name => name.startsWith('catalog.bitbucket.'));
      expect(names).toHaveLength(4);
      expect(new Set(names).size).toBe(4);
      expect(world().backend.messages()).toEqual([]);
    });

    it('count what they do by host', async () => {
      for (const host of ['bitbucket.org', ...world().names]) {
        expect(
          await world().metrics.value('requests_count_total', { host }),
        ).toBeGreaterThan(0);
        expect(
          await world().metrics.value('walks_count_total', {
            host,
            result: 'finished',
          }),
        ).toBe(1);
      }
      const ofProviders = (await world().metrics.samples()).filter(
        ({ name }) => name === 'catalog_bitbucket_locations',
      );
      const counted = ofProviders.map(
        ({ labels, value }) => `${labels.host} ${labels.provider} ${value}`,
      );
      expect(counted.sort()).toEqual(
        [
          'bitbucket.org default 1',
          `${world().names[0]} default 2`,
          `${world().names[1]} second 2`,
        ].sort(),
      );
    });

    it('act on a delivery where it is from, and count it once', async () => {
      const before = await world().status();
      world()
        .instances[1].project('PAY')
        .push('api', { [FILE]: componentFile('api-two-b') });
      await world().backend.hasComponents([
        'api-one',
        'api-two-b',
        'goes-one',
        'goes-two',
        'shop',
      ]);
      const [ofCloud, ofOne, ofTwo] = world().requests();
      expect([ofCloud, ofOne]).toEqual([0, 0]);
      expect(ofTwo).toBeGreaterThan(0);
      world().acme.push('shop', { [FILE]: componentFile('shop-b') });
      await world().backend.hasComponents([
        'api-one',
        'api-two-b',
        'goes-one',
        'goes-two',
        'shop-b',
      ]);
      expect(world().requests()[1]).toBe(0);
      expect(world().requests()[2]).toBe(ofTwo);
      const accepted = ({ hosts: all }: Status) =>
        all.map(({ deliveries }) => deliveries.accepted);
      const counts = accepted(before) as number[];
      const after = [counts[0] + 1, counts[1], counts[2] + 1];
      expect(accepted(await world().status())).toEqual(after);
      const measured = ['bitbucket.org', ...world().names].map(host =>
        world().metrics.value('deliveries_count_total', {
          host,
          outcome: 'accepted',
        }),
      );
      expect(await Promise.all(measured)).toEqual(after);
      expect((await world().status()).hosts[2].deliveries).toMatchObject({
        ignored: 0,
        malformed: 0,
        failed: 0,
      });
    });

    it('count a delivery that is refused for no instance, since any of them may have sent it', async () => {
      const answer = await fetch(
        `${world().backend.baseUrl}/api/events/http/bitbucketServer`,
        {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{}',
        },
      );
      expect(answer.status).toBe(403);
      const refused = (await world().metrics.samples()).filter(
        ({ name, labels }) =>
          name === 'catalog_bitbucket_deliveries_count_total' &&
          labels.outcome === 'refused',
      );
      expect(
        refused.map(({ labels, value }) => [labels.host, value]).sort(),
      ).toEqual([
        [undefined, 1],
        ['bitbucket.org', 0],
      ]);
    });

    it('lose what is gone from one host, and nothing of the others', async () => {
      const { backend } = world();
      world().instances[0].project('PAY').removeRepository('goes');
      await backend.walk('default');
      await backend.walk('second');
      await backend.hasComponents([
        'api-one',
        'api-two-b',
        'goes-two',
        'shop-b',
      ]);
    });
  },
);
