import { ConfigReader } from '@backstage/config';
import { JsonObject, JsonValue } from '@backstage/types';
import { readProviderConfigs } from './providers';

const KEY = 'catalog.providers.bitbucketCloud.pullRequests';
const DAY_MS = 24 * 60 * 60 * 1_000;

function read(pullRequests: JsonValue, events?: JsonObject) {
  const { value, warnings } = readProviderConfigs(
    new ConfigReader({
      catalog: {
        providers: { bitbucketCloud: { workspace: 'acme', pullRequests } },
      },
      events: events ?? {
        modules: { bitbucketCloud: { webhookSecret: 'a-secret' } },
      },
    }),
  );
  return { pullRequests: value[0].pullRequests, warnings };
}

describe('pullRequests of a provider', () => {
  it('has a default for every key', () => {
    expect(read({})).toEqual({
      pullRequests: {
        buildStatus: 'failures',
        comment: false,
        references: 'warning',
        conflicts: 'error',
        removals: 'warning',
        drafts: true,
        forks: false,
        link: true,
        retentionMs: 30 * DAY_MS,
        requestsPerHour: 100,
      },
      warnings: [],
    });
  });

  it.each<[JsonObject, object]>([
    [{ buildStatus: 'always' }, { buildStatus: 'always' }],
    // What YAML 1.1 makes of off.
    [{ buildStatus: false }, { buildStatus: 'off' }],
    [{ references: 'off', removals: 'off' }, { references: 'off' }],
    [
      { comment: 'true', drafts: 'no' },
      { comment: true, drafts: false },
    ],
    [{ link: false }, { link: false }],
    [
      { link: 'https://backstage.example.com/' },
      { link: 'https://backstage.example.com' },
    ],
    [{ link: 'http://localhost:7007' }, { link: 'http://localhost:7007' }],
    [{ retention: { days: 7 } }, { retentionMs: 7 * DAY_MS }],
    [{ requestsPerHour: '250' }, { requestsPerHour: 250 }],
  ])('takes %j', (written, expected) => {
    expect(read(written).pullRequests).toMatchObject(expected);
  });

  it.each<[JsonValue, string]>([
    [true, `${KEY} must be a map; write {} for the defaults.`],
    [
      { buildStatus: 'sometimes' },
      `${KEY}.buildStatus must be failures, off or always, but is 'sometimes'.`,
    ],
    [
      { conflicts: 'off' },
      `${KEY}.conflicts must be error or warning, but is 'off'.`,
    ],
    [
      { link: 'backstage' },
      `${KEY}.link must be true, false or the base URL of the backend, such as https://backstage.example.com.`,
    ],
    [
      { link: 'http://backstage.example.com' },
      `${KEY}.link must be a URL that begins with https://`,
    ],
    [{ retention: 'long' }, `${KEY}.retention cannot be read.`],
    [
      { requestsPerHour: 0 },
      `${KEY}.requestsPerHour must be a whole number from 1 to 100000, but is '0'.`,
    ],
  ])('refuses %j', (written, message) => {
    expect(() => read(written)).toThrow(message);
  });

  it('does not show a password in the link', () => {
    const link = 'https://jane:hunter2@backstage.example.com';
    expect(() => read({ link })).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('hunter2'),
      }),
    );
  });

  it('needs the secret of the webhook', () => {
    expect(() => read({}, {})).toThrow(
      `${KEY} posts to pull requests after deliveries of webhooks, which have to be signed. Set events.modules.bitbucketCloud.webhookSecret`,
    );
  });

  it('warns of a key that is misspelled', () => {
    expect(read({ buildstatus: 'off' }).warnings).toEqual([
      `${KEY}.buildstatus is unknown and has no effect. Did you mean buildStatus?`,
    ]);
  });
});
