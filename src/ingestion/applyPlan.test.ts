import {
  EntityProviderConnection,
  EntityProviderMutation,
} from '@backstage/plugin-catalog-node';
import { fromTarget, LocatedFile } from '../catalog-tables/EmittedLocation';
import { bitbucketCloudNames } from '../hosts/bitbucket-cloud/names';
import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { mutate } from './applyPlan';

const PROVIDER = 'bitbucketCloud-provider:default';

function files(count: number, prefix: string): LocatedFile[] {
  return Array.from({ length: count }, (_, index) =>
    fromTarget(
      bitbucketCloudUrls,
      `https://bitbucket.org/acme/${prefix}-${index}/src/main/catalog-info.yaml`,
    ),
  ).flatMap(file => file ?? []);
}

async function mutations(
  added: LocatedFile[],
  removed: LocatedFile[],
): Promise<Extract<EntityProviderMutation, { type: 'delta' }>[]> {
  const applyMutation = jest.fn<Promise<void>, [EntityProviderMutation]>();
  const connection: EntityProviderConnection = {
    applyMutation,
    refresh: jest.fn(),
  };
  await mutate(
    {
      connection,
      provider: PROVIDER,
      host: { names: bitbucketCloudNames, urls: bitbucketCloudUrls },
    },
    added,
    removed,
  );
  return applyMutation.mock.calls.flatMap(([mutation]) =>
    mutation.type === 'delta' ? mutation : [],
  );
}

describe('mutate', () => {
  it('hands over Locations under the key of the stock module', async () => {
    const [mutation] = await mutations(files(1, 'new'), files(1, 'old'));
    const target =
      'https://bitbucket.org/acme/new-0/src/main/catalog-info.yaml';
    expect(mutation.added).toMatchObject([
      {
        locationKey: PROVIDER,
        entity: {
          kind: 'Location',
          metadata: {
            annotations: {
              'backstage.io/managed-by-location': `url:${target}`,
              'bitbucket.org/repo-url': 'https://bitbucket.org/acme/new-0',
            },
          },
          spec: { type: 'url', target },
        },
      },
    ]);
    expect(mutation.removed).toMatchObject([
      { locationKey: PROVIDER, entity: { kind: 'Location' } },
    ]);
  });

  it('hands over a thousand at a time, and removes with the last ones', async () => {
    const sizes = (await mutations(files(1_500, 'new'), files(600, 'old'))).map(
      ({ added, removed }) => [added.length, removed.length],
    );
    expect(sizes).toEqual([
      [1_000, 0],
      [500, 500],
      [0, 100],
    ]);
  });

  it('hands over nothing where there is nothing', async () => {
    expect(await mutations([], [])).toEqual([]);
  });
});
