import { withoutUser } from '../urls';
import { ExistingEntity } from './types';

/** Most files that are read for one analysis, each of which takes a request. */
export const MAX_FILES = 50;

/** Most URLs that are listed of those that are left out. */
const MAX_LISTED = 1_000;

/**
 * What an analysis says of the files that it has not read: a Location that lists them, and
 * at whose URL all are found. The answer has no other place for it.
 *
 * @param urls - at least one
 * @param glob - finds the files that are left out, and the others too
 */
export function describeLeftOut(
  urls: string[],
  options: { glob: string; isRegistered: boolean },
): ExistingEntity {
  const glob = withoutUser(options.glob);
  const count = urls.length.toLocaleString('en-US');
  return {
    location: { type: 'url', target: glob },
    isRegistered: options.isRegistered,
    entity: {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Location',
      metadata: {
        name: 'left-out-of-this-analysis',
        description: `${count} more catalog files are left out, since an analysis reads ${MAX_FILES} at most. spec.targets lists ${urls.length > MAX_LISTED ? `the first ${MAX_LISTED} of them` : 'them'}. To import all of them, register ${glob}, or analyse one folder at a time.`,
      },
      spec: { type: 'url', targets: urls.slice(0, MAX_LISTED) },
    },
  };
}
