/**
 * What deliveries are published under, and the end of the ingress' path:
 * `/api/events/http/bitbucketCloud`. The stock modules have the same.
 */
export const DELIVERIES_TOPIC = 'bitbucketCloud';
