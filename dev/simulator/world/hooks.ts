import { uuid } from './ids';

/** Events that a webhook may ask for. */
export const HOOK_EVENTS = [
  'issue:comment_created',
  'issue:created',
  'issue:updated',
  'pipeline:span_created',
  'project:updated',
  'pullrequest:approved',
  'pullrequest:changes_request_created',
  'pullrequest:changes_request_removed',
  'pullrequest:comment_created',
  'pullrequest:comment_deleted',
  'pullrequest:comment_reopened',
  'pullrequest:comment_resolved',
  'pullrequest:comment_updated',
  'pullrequest:created',
  'pullrequest:fulfilled',
  'pullrequest:push',
  'pullrequest:rejected',
  'pullrequest:unapproved',
  'pullrequest:updated',
  'repo:commit_comment_created',
  'repo:commit_status_created',
  'repo:commit_status_updated',
  'repo:created',
  'repo:deleted',
  'repo:fork',
  'repo:imported',
  'repo:push',
  'repo:transfer',
  'repo:updated',
] as const;

export type HookEvent = (typeof HOOK_EVENTS)[number];

export type NewHook = {
  url: string;
  events: HookEvent[];
  /** Default: empty. */
  description?: string;
  /** Default true. */
  active?: boolean;
  /** Null or empty for none, as by default. */
  secret?: string | null;
};

/** A webhook as it stands. */
export type SimulatedHook = {
  readonly uuid: string;
  url: string;
  events: HookEvent[];
  description: string;
  active: boolean;
  /** Undefined where deliveries are not signed. */
  secret?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
};

/** The webhooks of a workspace. */
export class Hooks {
  private hooks: SimulatedHook[] = [];
  private hooksMade = 0;

  constructor(
    private readonly workspaceUuid: string,
    private readonly now: () => number,
  ) {}

  /** In the order in which they were made. */
  get all(): readonly SimulatedHook[] {
    return this.hooks;
  }

  find(hookUuid: string): SimulatedHook | undefined {
    return this.hooks.find(hook => hook.uuid === hookUuid);
  }

  /** The active ones that ask for an event. */
  askingFor(event: HookEvent): SimulatedHook[] {
    return this.hooks.filter(
      hook => hook.active && hook.events.includes(event),
    );
  }

  /** @throws Error when the URL is none */
  add(hook: NewHook): SimulatedHook {
    if (!URL.canParse(hook.url)) {
      throw new Error(`A webhook cannot be sent to ${hook.url}`);
    }
    this.hooksMade += 1;
    const added: SimulatedHook = {
      uuid: uuid('hook', this.workspaceUuid, String(this.hooksMade)),
      url: hook.url,
      events: hook.events,
      description: hook.description ?? '',
      active: hook.active ?? true,
      secret: hook.secret || undefined,
      createdAt: this.now(),
    };
    this.hooks.push(added);
    return added;
  }

  /** Changes what is given; without `secret`, that stays as it is. */
  update(hook: SimulatedHook, change: Partial<NewHook>): void {
    const { secret, ...others } = change;
    Object.assign(hook, others);
    if (secret !== undefined) {
      hook.secret = secret || undefined;
    }
  }

  remove(hook: SimulatedHook): void {
    this.hooks = this.hooks.filter(other => other !== hook);
  }
}
