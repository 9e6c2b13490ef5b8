import { ConfigReader } from '@backstage/config';
import { readIntegrationConfig } from './integration';

type Data = NonNullable<ConstructorParameters<typeof ConfigReader>[0]>;

const warningsOf = (data: Data) =>
  readIntegrationConfig(new ConfigReader(data)).warnings;

const current = { bitbucketCloud: [{ token: 'abc' }] };
const connections = [
  { type: 'github', host: 'github.com', auth: [{ method: 'none' }] },
  {
    type: 'bitbucket-cloud',
    host: 'bitbucket.org',
    auth: [{ method: 'none' }],
  },
];

describe('what stands elsewhere in the configuration', () => {
  it.each<[string, Data, string[]]>([
    [
      'the key that Backstage once had for both Cloud and Server',
      {
        integrations: {
          bitbucket: [
            { host: 'bitbucket.example.com', token: 'abc' },
            { host: 'bitbucket.org', username: 'jane', appPassword: 'abc' },
            { username: 'jane', appPassword: 'abc' },
          ],
        },
      },
      [1, 2].map(
        index =>
          `integrations.bitbucket[${index}] is not read, neither by this module nor by Backstage since version 1.49. Move its credential to integrations.bitbucketCloud: an API token with username, or an access token without.`,
      ),
    ],
    [
      'a connection, alone',
      { connections },
      [
        'connections[1] is not read by this module, which reads integrations.bitbucketCloud. Put the credential there as well: until then, requests are anonymous.',
      ],
    ],
    [
      'a connection beside the key that is read',
      { connections, integrations: current },
      [
        'connections[1] is not read by this module, which reads integrations.bitbucketCloud. Requests are signed with integrations.bitbucketCloud.',
      ],
    ],
    [
      'misspelled keys',
      {
        integrations: { bitbucketcloud: [] },
        catalog: { providers: { 'bitbucket-cloud': { workspace: 'acme' } } },
        events: { modules: { BitbucketCloud: { webhookSecret: 'abc' } } },
      },
      [
        'integrations.bitbucketcloud is not read. Write integrations.bitbucketCloud instead.',
        'catalog.providers.bitbucket-cloud is not read. Write catalog.providers.bitbucketCloud instead.',
        'events.modules.BitbucketCloud is not read. Write events.modules.bitbucketCloud instead.',
      ],
    ],
    [
      'nothing that is meant for Bitbucket Cloud',
      {
        connections: { bitbucket: true },
        integrations: { ...current, github: [], bitbucketServer: [] },
        catalog: { providers: 'none' },
      },
      [],
    ],
  ])('warns of %s', (_, data, expected) => {
    expect(warningsOf(data)).toEqual(expected);
  });
});
