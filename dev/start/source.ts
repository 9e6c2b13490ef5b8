import { JsonObject, JsonValue } from '@backstage/types';
import { Row } from './table';

/** Where the catalog is filled from. */
export type CatalogSource = {
  /** One or more lines that introduce it. */
  introduction: string;
  /** `integrations.bitbucketCloud`. */
  integration: JsonValue;
  /** `catalog.providers.bitbucketCloud`. */
  provider: JsonObject;
  /** Requests that it answered so far by endpoint, where that is known. */
  requests?: () => Row[];
  stop?: () => Promise<void>;
};
