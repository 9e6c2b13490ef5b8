/**
 * Something that keeps `npm start` from starting and that its user can fix. The
 * message is all there is to print.
 */
export class StartError extends Error {
  readonly name = 'StartError';
}
