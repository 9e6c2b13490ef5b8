import { join, relative } from 'node:path';
import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { Deliveries, DeliveryAttempt, HookEvent } from '../simulator';
import { watchFolder } from './watchFolder';
import {
  DESCRIPTION_FILE,
  FolderChange,
  WorkspaceFolder,
} from './WorkspaceFolder';

/** Where a backend takes deliveries. */
export type Webhook = { url: string; secret: string };

/** All events that the module uses. */
const EVENTS: HookEvent[] = [
  'project:updated',
  'pullrequest:created',
  'pullrequest:fulfilled',
  'pullrequest:push',
  'pullrequest:rejected',
  'pullrequest:updated',
  'repo:created',
  'repo:deleted',
  'repo:imported',
  'repo:push',
  'repo:transfer',
  'repo:updated',
];

/** More of them are counted. */
const PATHS_SHOWN = 3;

/**
 * Takes whatever is changed below a folder, since it was loaded, for a push to its
 * workspace, has that delivered to a webhook, and says so in a line each.
 *
 * @returns ends that
 */
export function followFolder(options: {
  folder: WorkspaceFolder;
  /** Of the simulator that the workspace is in. */
  deliveries: Deliveries;
  webhook: Webhook;
  logger: LoggerService;
  /** How long nothing may happen before everything is pushed. Default 150. */
  quietMs?: number;
}): () => Promise<void> {
  const { folder, deliveries, webhook, logger, quietMs } = options;
  folder.workspace.hooks.add({ ...webhook, events: EVENTS });

  const push = async () => {
    if (folder.descriptionChanged()) {
      const file = relative('', join(folder.path, DESCRIPTION_FILE));
      logger.warn(
        `${file} is read at the start only: restart to see what it says now`,
      );
    }
    const mark = deliveries.attempts.length;
    const changes = folder.push();
    await deliveries.settled();
    const attempts = deliveries.attempts.slice(mark);
    for (const change of changes) {
      const failure = failureOf(change, attempts);
      const line = `${describe(change)}, ${failure ?? 'delivered'}`;
      logger[failure ? 'warn' : 'info'](line);
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

/** Why the delivery failed; undefined where it did not. */
function failureOf(
  { fullName }: FolderChange,
  attempts: readonly DeliveryAttempt[],
): string | undefined {
  const last = attempts.filter(({ repository }) => repository === fullName);
  const status = last[last.length - 1]?.status;
  if (status !== undefined && status < 300) {
    return undefined;
  }
  const answer = status === undefined ? 'no answer' : `HTTP ${status}`;
  return `not delivered (${answer}), so that the next walk finds it`;
}
