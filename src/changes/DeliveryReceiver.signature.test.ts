import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bitbucketCloudDeliveries } from '../hosts/bitbucket-cloud/delivery';
import { isSigned } from './DeliveryReceiver';

/** From Atlassian's documentation of webhooks. */
const SECRET = "It's a Secret to Everybody";
const BODY = Buffer.from('Hello World!');
const SIGNATURE =
  'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9';

describe('isSigned', () => {
  it('knows the signature of the published example', () => {
    expect(isSigned(BODY, SIGNATURE, [SECRET])).toBe(true);
  });

  // A delivery of Bitbucket Cloud that the tests of Jenkins' branch source hold,
  // with its secret and signature (MIT licence).
  // https://github.com/jenkinsci/bitbucket-branch-source-plugin
  it('knows the signature of a real delivery, and notices any changed byte of it', () => {
    const body = readFileSync(
      join(__dirname, '../../testing/signedDelivery.json'),
    );
    const secret = 'Gkvl$k$wyNpQAF42';
    const signature =
      'sha256=f205c729821c6954aff2afe72b965c34015b4baf96ea8ddc2cc44999c014a035';
    expect(body).toHaveLength(14_515);
    expect(isSigned(body, signature, [secret])).toBe(true);
    const headers = { 'x-event-key': 'repo:push' };
    const payload = JSON.parse(`${body}`);
    expect(bitbucketCloudDeliveries.read(headers, payload)).toMatchObject({
      events: [
        {
          fullName: 'nfalco79/test-repos',
          branches: [{ name: 'feature/webhook' }],
        },
      ],
    });
    for (let index = 0; index < body.length; index += 500) {
      body[index] += 1;
      expect(isSigned(body, signature, [secret])).toBe(false);
      body[index] -= 1;
    }
  });

  it('takes any of the secrets, while one is being replaced', () => {
    expect(isSigned(BODY, SIGNATURE, ['new', SECRET])).toBe(true);
    expect(isSigned(BODY, SIGNATURE, ['new', 'other'])).toBe(false);
  });

  it('rejects a body that differs in a single byte', () => {
    const body = Buffer.from(JSON.stringify({ text: 'ü'.repeat(7_000) }));
    const digest = createHmac('sha256', SECRET).update(body).digest('hex');
    expect(isSigned(body, `sha256=${digest}`, [SECRET])).toBe(true);
    body[7_000] += 1;
    expect(isSigned(body, `sha256=${digest}`, [SECRET])).toBe(false);
  });

  it.each([
    undefined,
    '',
    'sha256=',
    SIGNATURE.slice(0, -2),
    `${SIGNATURE}00`,
    SIGNATURE.replace('sha256', 'sha1'),
    SIGNATURE.slice('sha256='.length),
    `sha256=${'z'.repeat(64)}`,
  ])('takes %s for no signature', signature => {
    expect(isSigned(BODY, signature, [SECRET])).toBe(false);
  });
});
