import { join, relative } from 'node:path';
import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { DeliveryAttempt } from '../simulator';
import { watchFolder } from './watchFolder';
import {
  DESCRIPTION_FILE,
  FolderChange,
  WorkspaceFolder,
} from './WorkspaceFolder';

/** Where a backend takes deliveries. */
export type Webhook = { url: string; secret: string };

/** What a simulator sends to its webhooks. */
type Sent = {
  attempts: readonly DeliveryAttempt<string>[];
  settled(): Promise<void>;
};

/** More of them are counted. */
const PATHS_SHOWN = 3;

/**
 * Takes whatever is changed below a folder, since it was loaded, for a push to its
 * workspace, and says in a line each what it was and whether it was delivered.
 *
 * @returns ends that
 */
export function followFolder(options: {
  folder: WorkspaceFolder;
  /** Of the simulator that the workspace is in. */
  deliveries: Sent;
  /** What the simulator calls a repository. Default: by its full name. */
  nameOf?(fullName: string): string;
  logger: LoggerService;
  /** How long nothing may happen before everything is pushed. Default 150. */
  quietMs?: number;
}): () => Promise<void> {
  const { folder, deliveries, logger, quietMs } = options;
  const { nameOf = (fullName: string) => fullName } = options;

  const push = async () => {
    if (folder.descriptionChanged()) {
      const file = relative('', join(folder.path, DESCRIPTION_FILE));
      logger.warn(
        `${file} is read at the start only: restart to see what it says now`,
      );
    }
    const mark = deliveries.attempts.length;
    const changes = folder.push().map(change => ({
      ...change,
      fullName: nameOf(change.fullName),
    }));
    await deliveries.settled();
    const attempts = deliveries.attempts.slice(mark);
    for (const change of changes) {
      const { isBad, text } = outcomeOf(change, attempts);
      logger[isBad ? 'warn' : 'info'](`${describe(change)}, ${text}`);
    }
  };
  return watchFolder(folder.path, {
    quietMs,
    onRest: () => {
      push().catch(error =>
        logger.warn(`Cannot push what was changed: ${toError(error).message}`),
      );
    },
    onError: ({ message }) =>
      logger.warn(`Changes of files may go unnoticed: ${message}`),
  });
}

function describe({ kind, fullName, branch, paths }: FolderChange): string {
  const more = paths.length - PATHS_SHOWN;
  const shown = [
    ...paths.slice(0, PATHS_SHOWN),
    ...(more > 0 ? [`${more} more`] : []),
  ].join(', ');
  const files = shown ? ` (${shown})` : '';
  return kind === 'pushed'
    ? `Pushed to ${branch} of ${fullName}${files}`
    : `${kind === 'created' ? 'Created' : 'Deleted'} ${fullName}${files}`;
}

/** The outcome of the delivery. */
function outcomeOf(
  { fullName }: FolderChange,
  attempts: readonly DeliveryAttempt<string>[],
): { isBad: boolean; text: string } {
  const last = attempts.filter(({ repository }) => repository === fullName);
  if (last.length === 0) {
    return {
      isBad: false,
      text: 'for which there is no event, so that the next walk finds it',
    };
  }
  const { status } = last[last.length - 1];
  if (status !== undefined && status < 300) {
    return { isBad: false, text: 'delivered' };
  }
  const answer = status === undefined ? 'no answer' : `HTTP ${status}`;
  return {
    isBad: true,
    text: `not delivered (${answer}), so that the next walk finds it`,
  };
}
