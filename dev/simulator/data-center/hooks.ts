import type { SimulatedRepository, SimulatedWorkspace } from '../world';

/**
 * Events that a webhook may ask for.
 *
 * @see https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
 */
export const HOOK_EVENTS = [
  'mirror:repo_synchronized',
  'pr:comment:added',
  'pr:comment:deleted',
  'pr:comment:edited',
  'pr:declined',
  'pr:deleted',
  'pr:from_ref_updated',
  'pr:merged',
  'pr:modified',
  'pr:opened',
  'pr:reviewer:approved',
  'pr:reviewer:changes_requested',
  'pr:reviewer:unapproved',
  'pr:reviewer:updated',
  'pr:to_ref_updated',
  'project:modified',
  'repo:comment:added',
  'repo:comment:deleted',
  'repo:comment:edited',
  'repo:forked',
  'repo:modified',
  'repo:refs_changed',
  'repo:secret_detected',
] as const;

export type HookEvent = (typeof HOOK_EVENTS)[number];

/** What a webhook belongs to; that of a project delivers the events of all its repositories. */
export type HookScope = SimulatedWorkspace | SimulatedRepository;

export type NewHook = {
  url: string;
  events: HookEvent[];
  /** Default: `webhook`. */
  name?: string;
  /** Default true. */
  active?: boolean;
  /** Empty for none, as by default. */
  secret?: string;
  /** Default true. */
  sslVerificationRequired?: boolean;
};

/** A webhook as it stands. */
export type SimulatedHook = {
  readonly id: number;
  /** The id, in words. */
  readonly uuid: string;
  readonly scope: HookScope;
  url: string;
  events: HookEvent[];
  name: string;
  active: boolean;
  /** Undefined where deliveries are not signed. */
  secret?: string;
  sslVerificationRequired: boolean;
  /** Milliseconds since the epoch. */
  readonly createdDate: number;
  updatedDate: number;
};

/** The webhooks of an instance. */
export class Hooks {
  private hooks: SimulatedHook[] = [];
  private hooksMade = 0;

  /** In the order in which they were made. */
  get all(): readonly SimulatedHook[] {
    return this.hooks;
  }

  /** Those that were made for exactly this. */
  of(scope: HookScope): SimulatedHook[] {
    return this.hooks.filter(hook => hook.scope === scope);
  }

  /** The active ones that ask for an event in any of the scopes. */
  askingFor(
    event: HookEvent,
    scopes: (HookScope | undefined)[],
  ): SimulatedHook[] {
    return this.hooks.filter(
      hook =>
        hook.active &&
        hook.events.includes(event) &&
        scopes.includes(hook.scope),
    );
  }

  /** @throws Error when the URL is not one */
  add(scope: HookScope, hook: NewHook, now = Date.now()): SimulatedHook {
    if (!URL.canParse(hook.url)) {
      throw new Error(`A webhook cannot be sent to ${hook.url}`);
    }
    this.hooksMade += 1;
    const added: SimulatedHook = {
      id: this.hooksMade,
      uuid: String(this.hooksMade),
      scope,
      url: hook.url,
      events: hook.events,
      name: hook.name ?? 'webhook',
      active: hook.active ?? true,
      secret: hook.secret || undefined,
      sslVerificationRequired: hook.sslVerificationRequired ?? true,
      createdDate: now,
      updatedDate: now,
    };
    this.hooks.push(added);
    return added;
  }

  /** Changes what is given; without `secret`, that stays as it is. */
  update(
    hook: SimulatedHook,
    change: Partial<NewHook>,
    now = Date.now(),
  ): void {
    const { secret, ...others } = change;
    Object.assign(hook, others, { updatedDate: now });
    if (secret !== undefined) {
      hook.secret = secret || undefined;
    }
  }

  remove(hook: SimulatedHook): void {
    this.hooks = this.hooks.filter(other => other !== hook);
  }
}
