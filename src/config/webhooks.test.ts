import { ConfigReader } from '@backstage/config';
import { JsonValue } from '@backstage/types';
import { readWebhookSecrets } from './webhooks';

const read = (webhookSecret?: JsonValue) =>
  readWebhookSecrets(
    new ConfigReader({
      events: { modules: { bitbucketCloud: { webhookSecret } } },
    }),
  );

describe('readWebhookSecrets', () => {
  it.each<[JsonValue | undefined, string[]]>([
    [undefined, []],
    ['s3cret', ['s3cret']],
    ['x'.repeat(128), ['x'.repeat(128)]],
    [' s3cret\n', ['s3cret']],
    [
      ['new', 'old'],
      ['new', 'old'],
    ],
  ])('reads %j', (written, secrets) => {
    expect(read(written)).toEqual(secrets);
  });

  it('needs no other key', () => {
    expect(readWebhookSecrets(new ConfigReader({}))).toEqual([]);
  });

  it.each<[JsonValue, RegExp]>([
    [[], /webhookSecret is an empty list, .* or take the key out\.$/],
    ['  ', /bitbucketCloud\.webhookSecret is blank\./],
    [['new', ''], /bitbucketCloud\.webhookSecret\[1\] is blank\./],
    [{ secret: 's3cret' }, /webhookSecret must be text, but is a map\./],
    [
      ['new', 'x'.repeat(129)],
      /webhookSecret\[1\] has 129 characters, and Bitbucket takes no more than 128\. /,
    ],
    [[5], /webhookSecret\[0\] must be text, but is a number\./],
  ])('refuses %j, and says what to do', (written, message) => {
    expect(() => read(written)).toThrow(message);
  });
});
