import { JsonObject } from '@backstage/types';
import bitbucketCloud from '..';
import { TestBackend } from '../../testing/backend';
import { DATABASES, DatabaseServer } from '../../testing/databases';
import { identities } from '../../testing/identities';
import { allAreKept, someAreKept } from '../ingestion/removalPolicy';
import { bitbucketRemovalsApprovePermission } from '../status/router';
import {
  allowAllBut,
  APPROVE,
  FORGET,
  ISO,
  messageOf,
  names,
  statusOf,
  StatusWorld,
} from './StatusWorld';

/** What people request beside the status. */
describe.each(DATABASES)(
  'an endpoint that changes something, on %s',
  (_, startServer) => {
    let databases: DatabaseServer;
    let world: StatusWorld;

    beforeAll(async () => {
      databases = await startServer();
    });
    beforeEach(async () => {
      world = await StatusWorld.create(databases);
    });
    afterEach(() => world.stop());
    afterAll(() => databases.stop());

    async function approve(
      catalog: TestBackend,
      body: JsonObject = { provider: 'default' },
    ) {
      const answer = await catalog.post(APPROVE, body);
      return { status: answer.status, body: await answer.json() };
    }

    describe('while a removal is held', () => {
      it('applies it once, when it is approved', async () => {
        const catalog = await world.startAndHold();
        const { held, locations } = await statusOf(catalog);
        expect(locations).toBe(20);
        expect(held).toEqual({
          since: ISO,
          reason: expect.stringContaining(someAreKept(15, 20)),
          locations: 15,
          isApproved: false,
        });

        expect(await approve(catalog)).toEqual({
          status: 200,
          body: { provider: 'default', locations: 15, reason: held?.reason },
        });
        await catalog.hasComponents(names(0, 5));
        await catalog.walked();
        const after = await statusOf(catalog);
        expect(after).toMatchObject({ locations: 5, repositories: 5 });
        expect(after.held).toBeUndefined();
        expect(catalog.logs.map(({ text }) => text).join()).toMatch(
          /bitbucket-removals-approve/,
        );
      });

      it('does not apply removals that were found after the approval', async () => {
        const catalog = await world.startAndHold();
        const clearFault = world.simulator.faults.add({
          kind: 'status',
          status: 503,
        });
        expect((await approve(catalog, {})).status).toBe(200);
        await catalog.walked();
        world.account.sees = () => false;
        clearFault();
        await catalog.walk();
        await catalog.hasComponents(names(0, 5));
        const { held } = await statusOf(catalog);
        expect(held).toMatchObject({
          reason: expect.stringContaining(allAreKept(5)),
          isApproved: false,
        });
      });

      it('is remembered over a restart, logged as a warning once, and ends when the repositories are back', async () => {
        const first = await world.startAndHold();
        const { held } = await statusOf(first);
        await first.stop();

        const second = await world.start();
        await second.walked();
        await second.walk();
        expect((await statusOf(second)).held).toEqual(held);
        expect(second.messages()).toEqual([]);
        expect(await second.names()).toEqual(names(0, 20));

        world.account.sees = undefined;
        await second.walk();
        expect((await statusOf(second)).held).toBeUndefined();
      });

      it('can only be approved with the permission', async () => {
        const allButThis = allowAllBut(bitbucketRemovalsApprovePermission);
        const catalog = await world.startAndHold([bitbucketCloud, allButThis]);
        expect(await approve(catalog)).toMatchObject({
          status: 403,
          body: {
            error: {
              message:
                'Approving removals requires the permission catalog.bitbucket.removals.approve',
            },
          },
        });
        expect((await statusOf(catalog)).held?.isApproved).toBe(false);
      });
    });

    describe('when asked to forget', () => {
      it('drops what is cached, so that the next walk fetches all of it and removes nothing', async () => {
        // At the default interval of full lists.
        const catalog = await world.start({ fullWalk: undefined });
        await catalog.hasComponents(names(0, 20));
        await catalog.walked();
        const before = await identities(catalog);
        await catalog.walk();
        const forgotten = await catalog.post(FORGET, { workspace: 'acme' });
        expect(forgotten.status).toBe(200);
        expect(await forgotten.json()).toEqual({
          workspace: 'acme',
          forgotten: {
            repositories: 20,
            refs: 20,
            files: expect.any(Number),
            globResults: expect.any(Number),
            folders: 0,
            failures: 0,
            repositoryLists: 1,
          },
        });
        expect(catalog.logs.map(({ text }) => text).join()).toMatch(
          /bitbucket-forget/,
        );
        world.simulator.requests.clear();
        await catalog.walk();
        const { lastWalk } = await statusOf(catalog);
        expect(lastWalk?.message).toMatch(
          /^Walked workspace acme: 20 repositories, .*20 catalog files, 0 added, .*0 removed/,
        );
        expect(world.simulator.requests.count({ endpoint: 'src' })).toBe(20);

        expect(
          await (
            await catalog.post(FORGET, {
              workspace: 'acme',
              repository: 'c105',
            })
          ).json(),
        ).toMatchObject({
          repository: 'c105',
          forgotten: { repositories: 1, refs: 1, repositoryLists: 1 },
        });
        world.simulator.requests.clear();
        await catalog.walk();
        expect(world.simulator.requests.count({ endpoint: 'src' })).toBe(1);
        expect(await identities(catalog)).toEqual(before);
      });
    });

    it('refuses what it cannot approve or forget, and says what to do', async () => {
      const catalog = await world.start();
      const refused: [path: string, JsonObject, status: number, string][] = [
        [
          APPROVE,
          { provider: 'other' },
          404,
          'There is no provider other in catalog.providers.bitbucketCloud. The providers are: default',
        ],
        [
          APPROVE,
          { provider: 5 },
          400,
          'The body must be JSON such as { "provider": "default" }. The providers are: default',
        ],
        [
          APPROVE,
          { provider: 'default' },
          409,
          'Provider default holds no removals, so there is nothing to approve',
        ],
        [
          FORGET,
          { workspace: 'acmee' },
          404,
          'Nothing is cached for workspace acmee. Workspaces in catalog.providers.bitbucketCloud: acme',
        ],
        [
          FORGET,
          { workspace: 'acme\nx' },
          400,
          'The body must be JSON such as { "workspace": "acme", "repository": "shop" }, with the names from the URL of the repository, or { "workspace": "acme" } for the whole workspace',
        ],
      ];
      for (const [path, body, status, message] of refused) {
        const answer = await catalog.post(path, body);
        expect(answer.status).toBe(status);
        expect(await answer.json()).toEqual(messageOf(message));
      }
    });
  },
);
