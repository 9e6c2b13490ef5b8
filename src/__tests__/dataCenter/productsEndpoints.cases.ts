import { JsonObject } from '@backstage/types';
import { componentFile, describeWorld, until } from '../../../testing';
import { FILE } from './OneInstance';
import { ThreeHosts } from './ThreeHosts';

/** What people and scripts request of a module with several hosts. */
describeWorld(
  'the endpoints of a backend with Bitbucket Cloud and two instances of Data Center',
  databases => ThreeHosts.start(databases),
  world => {
    beforeEach(() => world().forgetRequests());

    it('ask for the host of a provider whose id is that of another one', async () => {
      const approve = (body: JsonObject) =>
        world().post('removals/approve', body);
      expect(await approve({ provider: 'default' })).toMatchObject({
        status: 400,
        text: expect.stringContaining('Several hosts have a provider default'),
      });
      for (const host of ['bitbucket.org', world().names[0]]) {
        expect(await approve({ provider: 'default', host })).toMatchObject({
          status: 409,
        });
      }
      expect(
        await approve({ provider: 'default', host: world().names[1] }),
      ).toMatchObject({ status: 404 });
    });

    it.each([
      ['first', 0],
      ['second', 1],
    ] as const)(
      'check a pull request of the %s instance by its full name',
      async (__, index) => {
        const project = world().instances[index].project('PAY');
        project.push(
          'api',
          { [FILE]: componentFile('not a name') },
          { branch: 'feature/x' },
        );
        const { id } = project.pullRequests.open('api', {
          source: 'feature/x',
          title: 'Break it',
        });
        const checked = await world().post('pull-requests/check', {
          repository: `${world().names[index]}/PAY/api`,
          id,
        });
        expect(checked).toMatchObject({ status: 202 });
        const { page } = JSON.parse(checked.text);
        await until(async () => {
          const json = await fetch(`${world().backend.baseUrl}${page}.json`);
          const { runs } = (await json.json()) as {
            runs: { outcome: string }[];
          };
          return runs.some(({ outcome }) => outcome === 'failed');
        }, 'the pull request to be checked');
        const others = world()
          .requests()
          .filter((___, which) => which !== 1 + index);
        expect(others).toEqual([0, 0]);
      },
    );

    it('know no pull request of a repository that none of them has', async () => {
      const checked = await world().post('pull-requests/check', {
        repository: `${world().names[0]}/PAY/none`,
        id: 1,
      });
      expect(checked).toMatchObject({
        status: 404,
        text: expect.stringContaining('No provider has a repository'),
      });
    });

    it('forget what is cached of one host, and read that again', async () => {
      const forgotten = await world().post('forget', {
        workspace: world().names[0],
        repository: 'PAY/api',
      });
      expect(JSON.parse(forgotten.text)).toMatchObject({
        forgotten: { repositories: 1 },
      });
      await world().backend.walk('default');
      await world().backend.walk('second');
      const files = world().simulators.map(({ requests: log }) =>
        log.count({ endpoint: 'raw' }),
      );
      expect(files).toEqual([1, 0]);
      const all = await world().post('forget', { workspace: world().names[1] });
      expect(JSON.parse(all.text)).toMatchObject({
        forgotten: { repositories: 2 },
      });
      expect(await world().post('forget', { workspace: 'none' })).toMatchObject(
        {
          status: 404,
        },
      );
    });

    it.each([
      [
        'forget',
        () =>
          `{ "workspace": "acme", "repository": "shop" } or { "workspace": "${world().names[0]}", "repository": "PAY/api" }, with the names from the URL of the repository, or { "workspace": "acme" } for the whole workspace or { "workspace": "${world().names[0]}" } for the whole instance`,
      ],
      [
        'pull-requests/check',
        () =>
          `{ "repository": "acme/shop", "id": 12 } or { "repository": "${world().names[0]}/PAY/api", "id": 12 }`,
      ],
    ])(
      'show how to name a repository of each to %s',
      async (path, examples) => {
        const refused = await world().post(path, {});
        expect(refused.status).toBe(400);
        expect(JSON.parse(refused.text).error.message).toContain(examples());
      },
    );
  },
);
