import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { z } from 'zod';
import { BitbucketCloudEntityProvider } from '../provider';

/** What was approved. */
export type Approval = {
  /** The provider's id. */
  provider: string;
  /** How many Locations the next walk may remove. */
  locations: number;
  /** Why they were held back. */
  reason: string;
};

const approvalSchema = z.object({ provider: z.string() });

/**
 * The provider that a request names: `{ "provider": "default" }`. It may be left
 * out where there is only one.
 *
 * @throws InputError or NotFoundError that names the providers there are
 */
export function chooseProvider(
  providers: BitbucketCloudEntityProvider[],
  body: unknown,
): BitbucketCloudEntityProvider {
  const ids = providers.map(({ config }) => config.id).join(', ') || 'none';
  const isBlank = Object.keys(Object(body)).length === 0;
  if (isBlank && providers.length === 1) {
    return providers[0];
  }
  const { data } = approvalSchema.safeParse(body);
  if (!data) {
    throw new InputError(
      `The body must be JSON such as { "provider": "default" }. There are these providers: ${ids}`,
    );
  }
  const provider = providers.find(({ config }) => config.id === data.provider);
  if (!provider) {
    throw new NotFoundError(
      `There is no provider ${data.provider} in catalog.providers.bitbucketCloud. There are these: ${ids}`,
    );
  }
  return provider;
}

/** @throws ConflictError where nothing is held back */
export async function approveRemovals(
  provider: BitbucketCloudEntityProvider,
): Promise<Approval> {
  const { id } = provider.config;
  const hold = await provider.approveRemovals();
  if (!hold) {
    throw new ConflictError(
      `Provider ${id} holds nothing back, so there is nothing to approve`,
    );
  }
  return { provider: id, locations: hold.targets.length, reason: hold.reason };
}
