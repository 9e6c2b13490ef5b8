/** A `q` or `sort` that Bitbucket would refuse. */
export class QuerySyntaxError extends Error {
  override name = 'QuerySyntaxError';
}
