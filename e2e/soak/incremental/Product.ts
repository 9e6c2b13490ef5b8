import { BackendFeature } from '@backstage/backend-plugin-api';
import { JsonObject } from '@backstage/types';
import { Fault, Random } from '../../../dev/simulator';
import { Timing } from '../../../src/http/retry';
import { Operation } from '../operations';
import { World } from '../World';

/** A kind of wrong response. */
export type WrongKind = {
  name: string;
  create: (random: Random) => Fault<string>;
};

/** What a soak needs to know of a product, with a world on it. */
export type Product = {
  world: World;
  /** What its tasks are named after, and its section of the configuration. */
  name: 'bitbucketCloud' | 'bitbucketServer';
  /** What is installed in a backend. */
  features(timing: Partial<Timing>): BackendFeature[];
  /** The configuration as it is to be now. */
  config(): JsonObject;
  /** Ids of the providers that are in it. */
  providers(): string[];
  /** Tasks to run, beside walks, when the world comes to rest. */
  tasks: string[];
  operations: Operation[];
  wrongKinds: WrongKind[];
  /** What walks do not notice by themselves until {@link Product.noticedAfterMs}. */
  unseen: {
    /** Events whose deliveries are lost. */
    events: (event: string) => boolean;
    /** Steps, of which there may be no deliveries. */
    kinds: readonly string[];
  };
  noticedAfterMs: number;
  /** How long steps take. */
  stepMs: readonly number[];
};

/** How a product is put in the world. */
export type ProductOptions = {
  seed: number;
  repositories: number;
  now: () => number;
  /** Where the backend is to listen. */
  port: number;
};
