import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const BYTES = 32;
const derive = promisify<string, Buffer, number, Buffer>(scrypt);

/**
 * What is remembered of a secret, to know it again: a hash with a salt, slow to
 * make, so that it gives nothing away to who reads the database.
 */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(BYTES);
  const hash = await derive(secret, salt, BYTES);
  return `${salt.toString('hex')}:${hash.toString('hex')}`;
}

/** @param remembered - what {@link hashSecret} made of some secret */
export async function isSecretOf(
  secret: string,
  remembered: string,
): Promise<boolean> {
  const [salt, hash = ''] = remembered.split(':');
  const expected = Buffer.from(hash, 'hex');
  const found = await derive(secret, Buffer.from(salt, 'hex'), BYTES);
  return expected.length === BYTES && timingSafeEqual(found, expected);
}
