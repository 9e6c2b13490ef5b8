import { WebhookStatus } from '../scm/types';
import { ScmWebhooks, WebhookPlace } from '../scm/webhooks';
import { Outcome, WebhookState } from './WebhookInstaller';

/** What seeing to the webhook of a place came to. */
export type Checked = Outcome & {
  place: WebhookPlace;
  /** Milliseconds since the epoch. */
  checkedAt: number;
  /** Tells failures apart whose words change from one to the next. */
  kind: string;
};

/** A line for people about the webhook of one or more places. */
type Line = { isBad: boolean; text: string };

/** As many places are named in a line. */
const MAX_NAMES = 5;

/** The worst first. */
const STATES: WebhookState[] = [
  'failed',
  'refused',
  'repaired',
  'created',
  'installed',
];

/** Whether there is something for a person to do, or to be tried again. */
export function isBad({ state }: Pick<Outcome, 'state'>): boolean {
  return state === 'refused' || state === 'failed';
}

/** `project PAY`, or `projects PAY, SHOP and 3 others`. */
function namesOf(
  kind: ScmWebhooks['placeKind'],
  places: readonly WebhookPlace[],
): string {
  const names = places.slice(0, MAX_NAMES).map(({ name }) => name);
  const others = places.length - names.length;
  return [
    `${kind}${places.length === 1 ? '' : 's'} ${names.join(', ')}`,
    ...(others > 0 ? [`and ${others} other${others === 1 ? '' : 's'}`] : []),
  ].join(' ');
}

/**
 * One line for all places of which there is the same to say, however many. Where the
 * words of failures differ, those of the first stand for all.
 */
export function linesOn(
  url: string,
  kind: ScmWebhooks['placeKind'],
  outcomes: readonly Checked[],
): Line[] {
  const groups = new Map<string, Checked[]>();
  for (const outcome of outcomes) {
    const key = `${outcome.state} ${outcome.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  return [...groups.values()].map(group => ({
    isBad: isBad(group[0]),
    text: `Webhook ${url} of ${namesOf(
      kind,
      group.map(({ place }) => place),
    )} ${group[0].text}`,
  }));
}

/**
 * How the webhook for a URL is: as it is in its only place, or in how many places it
 * is in order and what is wrong with it in the others.
 *
 * @param places - that are to have it
 * @param outcomes - of those that were checked
 */
export function statusOf(
  url: string,
  kind: ScmWebhooks['placeKind'],
  places: number,
  outcomes: readonly Checked[],
): WebhookStatus {
  const state = STATES.find(one => outcomes.some(its => its.state === one));
  if (state === undefined) {
    return { url, state: 'unchecked' };
  }
  const good = outcomes.filter(outcome => !isBad(outcome));
  const lines = linesOn(
    url,
    kind,
    places === 1 ? outcomes : outcomes.filter(isBad),
  ).map(({ text }) => text);
  const count = `Webhook ${url} is set up correctly in ${good.length} of ${places} ${kind}s.`;
  return {
    url,
    state,
    message: [...(places === 1 ? [] : [count]), ...lines].join(' '),
    checkedAt: new Date(
      Math.max(...outcomes.map(({ checkedAt }) => checkedAt)),
    ).toISOString(),
  };
}
