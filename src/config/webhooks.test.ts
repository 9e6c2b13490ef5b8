import { ConfigReader } from '@backstage/config';
import { JsonObject, JsonValue } from '@backstage/types';
import { readWebhookConfig, webhookKeys } from './webhooks';

const readAll = (bitbucketCloud: JsonObject) =>
  readWebhookConfig(
    new ConfigReader({ events: { modules: { bitbucketCloud } } }),
    webhookKeys('bitbucketCloud'),
  );

const read = (webhookSecret?: JsonValue) => readAll({ webhookSecret }).secrets;

describe('readWebhookConfig', () => {
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

  it('accepts no deliveries where the key is missing', () => {
    expect(
      readWebhookConfig(new ConfigReader({}), webhookKeys('bitbucketCloud')),
    ).toEqual({
      secrets: [],
      allowUnsigned: false,
    });
  });

  it.each<[JsonValue, boolean]>([
    [true, true],
    ['true', true],
    [false, false],
  ])('reads allowUnsigned: %j', (allowUnsigned, expected) => {
    expect(readAll({ allowUnsigned })).toEqual({
      secrets: [],
      allowUnsigned: expected,
    });
  });

  it('takes allowUnsigned: false beside a secret, and refuses true', () => {
    const webhookSecret = 's3cret';
    expect(readAll({ webhookSecret, allowUnsigned: false })).toEqual({
      secrets: ['s3cret'],
      allowUnsigned: false,
    });
    expect(() => readAll({ webhookSecret, allowUnsigned: true })).toThrow(
      /bitbucketCloud\.allowUnsigned accepts deliveries without a signature, .* Remove .*allowUnsigned/,
    );
  });

  it('refuses an allowUnsigned that is neither true nor false', () => {
    expect(() => readAll({ allowUnsigned: 'perhaps' })).toThrow(
      /bitbucketCloud\.allowUnsigned must be true or false, but is text\./,
    );
  });

  it.each<[JsonValue, RegExp]>([
    [[], /webhookSecret is an empty list, .* or remove the key\.$/],
    ['  ', /bitbucketCloud\.webhookSecret is blank\./],
    [['new', ''], /bitbucketCloud\.webhookSecret\[1\] is blank\./],
    [{ secret: 's3cret' }, /webhookSecret must be text, but is a map\./],
    [
      ['new', 'x'.repeat(129)],
      /webhookSecret\[1\] has 129 characters, and Bitbucket accepts no more than 128\. /,
    ],
    [[5], /webhookSecret\[0\] must be text, but is a number\./],
  ])('refuses %j, and says what to do', (written, message) => {
    expect(() => read(written)).toThrow(message);
  });
});
