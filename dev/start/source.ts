import { BackendFeature, LoggerService } from '@backstage/backend-plugin-api';
import { JsonObject, JsonValue } from '@backstage/types';
import { Webhook } from './followFolder';
import { Row } from './table';

/** Something that a user can do while the backend runs. */
export type Trial = {
  /** One line that says what to do and what comes of it. */
  invitation: string;
  /** Name of the component that changes. */
  component: string;
};

/** A product that this package has a feature for. */
export type Product = {
  /** What its sections of the configuration are called, and the path for deliveries. */
  section: 'bitbucketCloud' | 'bitbucketServer';
  /** What a walk goes through. */
  place: 'workspace' | 'instance';
  feature(): Promise<{ default: BackendFeature }>;
};

export const CLOUD: Product = {
  section: 'bitbucketCloud',
  place: 'workspace',
  feature: () => import('../../src'),
};

export const DATA_CENTER: Product = {
  section: 'bitbucketServer',
  place: 'instance',
  feature: () => import('../../src/dataCenter'),
};

/** Where the catalog is filled from. */
export type CatalogSource = {
  product: Product;
  /** One or more lines that introduce it. */
  introduction: string;
  /** The product's section of `integrations`. */
  integration: JsonValue;
  /** The product's section of `catalog.providers`. */
  provider: JsonObject;
  /** Requests that it answered so far by endpoint, where that is known. */
  requests?: () => Row[];
  /** What to try once the catalog is filled. */
  trial?: Trial;
  /**
   * Does what is to be done once the catalog is filled.
   *
   * @returns one or more lines that say what there is to see and to try
   */
  afterFill?: () => string;
  /** Delivers what happens there from now on to a webhook, and says so. */
  follow?: (webhook: Webhook, logger: LoggerService) => void;
  stop?: () => Promise<void>;
};
