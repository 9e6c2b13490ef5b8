import { createHmac } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Delivery, HookTarget } from './types';

/**
 * Sends a delivery once. A redirect is not followed.
 *
 * @param options - `timeout` in milliseconds; `signal` gives up
 * @returns the status of the answer; undefined where none came
 */
export function post(
  delivery: { hook: HookTarget; body: string },
  headers: Record<string, string>,
  options: { timeout: number; signal: AbortSignal },
): Promise<number | undefined> {
  const { url } = delivery.hook;
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise(resolve => {
    const sent = request(url, {
      ...options,
      method: 'POST',
      headers,
      // A connection of its own, since one that was kept may be dead by now.
      agent: false,
    });
    sent.once('response', response => {
      response.resume().once('close', () => resolve(response.statusCode));
    });
    sent.once('timeout', () => sent.destroy());
    sent.once('error', () => resolve(undefined));
    sent.end(delivery.body);
  });
}

/** @see https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#HTTP-headers */
export function cloudHeaders(
  { event, hook, requestUuid, body }: Delivery,
  attempt: number,
): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'Bitbucket-Webhooks/2.0',
    'X-Event-Key': event,
    'X-Hook-UUID': withoutBraces(hook.uuid),
    'X-Request-UUID': withoutBraces(requestUuid),
    'X-Attempt-Number': String(attempt),
    ...(hook.secret === undefined
      ? {}
      : { 'X-Hub-Signature': signature(body, hook.secret) }),
  };
}

const withoutBraces = (uuid: string) => uuid.replace(/[{}]/g, '');

export const signature = (body: string, secret: string) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
