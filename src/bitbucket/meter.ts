/**
 * Counts the requests sent on behalf of one piece of work, a walk for example.
 *
 * Each request that leaves for Bitbucket counts, be it a retry or a redirect
 * that was followed. OAuth tokens are fetched for everybody and count for nobody.
 */
export class RequestMeter {
  requests = 0;
}
