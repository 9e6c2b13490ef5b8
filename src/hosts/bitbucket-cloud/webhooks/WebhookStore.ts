import { Knex } from 'knex';
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const BYTES = 32;
const derive = promisify<string, Buffer, number, Buffer>(scrypt);

/**
 * What is remembered of a secret, to know it again: a hash with a salt, slow to
 * make, so that it gives nothing away to who reads the database.
 */
async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(BYTES);
  const hash = await derive(secret, salt, BYTES);
  return `${salt.toString('hex')}:${hash.toString('hex')}`;
}

/** @param remembered - what {@link hashSecret} made of some secret */
async function isSecretOf(
  secret: string,
  remembered: string,
): Promise<boolean> {
  const [salt, hash = ''] = remembered.split(':');
  const expected = Buffer.from(hash, 'hex');
  const found = await derive(secret, Buffer.from(salt, 'hex'), BYTES);
  return expected.length === BYTES && timingSafeEqual(found, expected);
}

/** What is remembered of a webhook, since Bitbucket does not tell it. */
export type StoredWebhook = {
  uuid: string;
  /** Slug or `{uuid}`, as it was configured. */
  workspace: string;
  /** Where it was made to deliver. */
  url: string;
  /** Whether this module made it. */
  isOwn: boolean;
  /** Whether it was last given a certain secret. */
  has(secret: string): Promise<boolean>;
};

type Row = {
  uuid: string;
  workspace: string;
  url: string;
  /** A number on SQLite. */
  is_own: boolean | number;
  secret: string;
};

/** Remembers webhooks over restarts, and for all replicas. */
export class WebhookStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async all(): Promise<StoredWebhook[]> {
    const rows = await this.#rows();
    return rows.map(({ is_own: isOwn, secret: remembered, ...row }) => ({
      ...row,
      isOwn: Boolean(isOwn),
      has: secret => isSecretOf(secret, remembered),
    }));
  }

  /** Remembers a webhook that was just given a secret. */
  async save(
    webhook: Omit<StoredWebhook, 'has'>,
    secret: string,
  ): Promise<void> {
    const { uuid, workspace, url, isOwn } = webhook;
    await this.#rows()
      .insert({
        uuid,
        workspace,
        url,
        is_own: isOwn,
        secret: await hashSecret(secret),
      })
      .onConflict('uuid')
      .merge();
  }

  /** Forgets a webhook that no longer exists. */
  async forget({ uuid }: Pick<StoredWebhook, 'uuid'>): Promise<void> {
    await this.#rows().where({ uuid }).delete();
  }

  #rows() {
    return this.#knex<Row>('bitbucket__webhooks');
  }
}
