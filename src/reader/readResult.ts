import { InputError, NotFoundError, NotModifiedError } from '@backstage/errors';
import { isNotFoundError } from '../bitbucket';
import { ReadResult } from '../metrics';

/** What came of a read that ended with an error. */
export function resultOf(error: unknown): ReadResult {
  if (error instanceof NotModifiedError) {
    return 'not_modified';
  }
  if (error instanceof NotFoundError || isNotFoundError(error)) {
    return 'not_found';
  }
  return error instanceof InputError ? 'unreadable' : 'failed';
}
