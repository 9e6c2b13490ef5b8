import { JsonObject } from '@backstage/types';

/** What is simulated. */
export type Product = 'cloud' | 'data-center';

/** What the configuration calls each product. */
export const SECTIONS = {
  cloud: 'bitbucketCloud',
  'data-center': 'bitbucketServer',
} as const;

/** `none` is the catalog without any of them. */
export type ModuleName = 'ours' | 'stock' | 'none';

/**
 * What is shortened so that an idle hour passes sooner; seconds. All others
 * stay as they are by default.
 */
export type Intervals = {
  /** From one walk to the next, and the age that an index may have. */
  walk: number;
  /** `catalog.processingInterval`. */
  processing: number;
};

/** What a backend process is started with. */
export type BackendSettings = {
  module: ModuleName;
  product: Product;
  port: number;
  /** Holds the catalog's database file, and the log. */
  databaseFolder: string;
  /** `backend.database`, in the place of files in that folder. */
  database?: JsonObject;
  /** With it, the backend takes deliveries that are signed with it. */
  webhookSecret?: string;
  /** Root of the simulated REST API. */
  apiBaseUrl: string;
  /** Whether Bitbucket grants as many requests as anyone could want. */
  unlimited?: boolean;
  intervals?: Intervals;
  /** `catalog.processingInterval`, where nothing is shortened. */
  processingMinutes?: number;
  /** Whether walks run by the clock of this process alone. */
  localWalks?: boolean;
  /** With Bitbucket Data Center: when the clock of this module begins, and how many times faster it runs. */
  clock?: { begin: number; speed: number };
  /** Whether the module installs webhooks, with Bitbucket Data Center. */
  installsWebhooks?: boolean;
  /** `catalog.stitchingStrategy.pollingInterval`; milliseconds, by default a second. */
  stitchEveryMs?: number;
  /** Whether pull requests are checked. */
  pullRequests?: boolean;
  /** Groups that are in the catalog from elsewhere. */
  teams?: string[];
  /** With the module `none`: how many components come from nowhere. */
  components?: number;
};

/** What a backend process has used since it was started. */
export type Usage = {
  /** Of all its threads, in user and system mode. */
  cpuSeconds: number;
  /** The most memory that was ever resident. */
  peakBytes: number;
};

/** What a backend process sends. */
export type FromBackend =
  | { kind: 'loaded'; usage: Usage }
  | { kind: 'usage'; usage: Usage }
  | { kind: 'held'; bytes: number }
  | { kind: 'stopped' };

/** What a backend process is asked for. */
export type ToBackend = 'usage' | 'held' | 'stop';
