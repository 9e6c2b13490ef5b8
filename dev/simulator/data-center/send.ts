import { Delivery, Sending, signature } from '../deliveries';
import { post } from '../deliveries/post';
import type { HookEvent, SimulatedHook } from './hooks';

const PING = 'diagnostics:ping';

/** A delivery is tried once: what is not received is lost. */
export const SENDING: Sending<HookEvent, SimulatedHook> = {
  headers: ({
    event,
    hook,
    requestUuid,
    body,
  }: Delivery<HookEvent, SimulatedHook>) => ({
    ...commonHeaders(event, requestUuid),
    ...(hook.secret === undefined
      ? {}
      : { 'X-Hub-Signature': signature(body, hook.secret) }),
  }),
  attempts: 1,
  maxBody: Infinity,
};

const commonHeaders = (event: string, requestUuid: string) => ({
  'Content-Type': 'application/json; charset=utf-8',
  'User-Agent': 'Atlassian HttpClient simulator / Bitbucket',
  'X-Event-Key': event,
  'X-Request-Id': requestUuid.replace(/[{}]/g, ''),
});

/**
 * Sends what "Test connection" sends: without a signature, secret or not.
 *
 * @returns the status of the answer; undefined where none came
 */
export function ping(
  url: string,
  options: { timeout: number; signal: AbortSignal },
): Promise<number | undefined> {
  const body = JSON.stringify({ test: true });
  const hook = { uuid: PING, url };
  return post({ hook, body }, commonHeaders(PING, PING), options);
}
