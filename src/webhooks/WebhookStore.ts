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

/** What this module stores about a webhook, since the host does not return it. */
export type StoredWebhook = {
  uuid: string;
  /** Key of its place. */
  place: string;
  /** The URL that it was created for. */
  url: string;
  /** Whether this module created it. */
  isOwn: boolean;
  /** Whether a secret is the one that was set last. */
  has(secret: string): Promise<boolean>;
};

/** When a webhook was last found in order. */
type StoredCheck = Pick<StoredWebhook, 'place' | 'has'> & {
  /** That it had to deliver then. */
  events: string[];
  /** Milliseconds since the epoch. */
  checkedAt: number;
};

type Row = {
  uuid: string;
  place: string;
  url: string;
  /** A number on SQLite. */
  is_own: boolean | number;
  secret: string;
  /** Separated by spaces. */
  events: string | null;
  checked_at: number | null;
};

/** Remembers webhooks over restarts, and for all replicas. */
export class WebhookStore {
  readonly #knex: Knex;
  /** Of each secret, since those of many projects have the same and a hash takes long. */
  readonly #hashes = new Map<string, Promise<string>>();
  readonly #compared = new Map<string, Promise<boolean>>();

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /**
   * Those of a place, and some others.
   *
   * @param place - its key
   */
  async find(place: string, uuids: string[]): Promise<StoredWebhook[]> {
    const rows = await this.#rows().where({ place }).orWhereIn('uuid', uuids);
    return rows.map(({ uuid, place: its, url, is_own: isOwn, secret }) => ({
      uuid,
      place: its,
      url,
      isOwn: Boolean(isOwn),
      has: given => this.#has(secret, given),
    }));
  }

  /** Remembers a webhook that was just given a secret. */
  async save(
    webhook: Omit<StoredWebhook, 'has'>,
    secret: string,
  ): Promise<void> {
    const { isOwn, ...row } = webhook;
    await this.#rows()
      .insert({ ...row, is_own: isOwn, secret: await this.#hash(secret) })
      .onConflict('uuid')
      .merge();
  }

  /** Forgets a webhook that no longer exists. */
  async forget({ uuid }: Pick<StoredWebhook, 'uuid'>): Promise<void> {
    await this.#rows().where({ uuid }).delete();
  }

  /** When the webhooks for a URL were last found in order, as far as that is remembered. */
  async checks(url: string): Promise<StoredCheck[]> {
    const rows = await this.#rows().where({ url }).whereNotNull('checked_at');
    return rows.map(({ place, events, checked_at: checkedAt, secret }) => ({
      place,
      events: (events ?? '').split(' '),
      checkedAt: checkedAt ?? 0,
      has: given => this.#has(secret, given),
    }));
  }

  /** Remembers that the webhook of a place is set up correctly. */
  async saveCheck(
    place: string,
    url: string,
    { events, checkedAt }: Pick<StoredCheck, 'events' | 'checkedAt'>,
  ): Promise<void> {
    await this.#rows()
      .where({ place, url })
      .update({ events: events.join(' '), checked_at: checkedAt });
  }

  #hash(secret: string): Promise<string> {
    return compute(this.#hashes, secret, () => hashSecret(secret));
  }

  #has(hash: string, secret: string): Promise<boolean> {
    return compute(this.#compared, `${hash} ${secret}`, () =>
      isSecretOf(secret, hash),
    );
  }

  #rows() {
    return this.#knex<Row>('bitbucket__webhooks');
  }
}

function compute<T>(
  known: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const made = known.get(key) ?? make();
  known.set(key, made);
  return made;
}
