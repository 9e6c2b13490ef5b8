import { deliverySchema } from './payloads';

/** A branch that someone pushed to, deleted or made. */
export type PushedBranch = {
  name: string;
  /** Absent where the branch was deleted. */
  head?: string;
};

/**
 * What a delivery is about. It tells where to look, and nothing of what is there:
 * deliveries are late, repeated, lost and out of order, and may be forged.
 */
export type Hint = {
  /** The slug in the repository's full name. */
  workspace: string;
  workspaceUuid?: string;
  /** `workspace/repository`. */
  fullName: string;
  uuid: string;
  /** What was pushed; absent where something else happened to the repository. */
  branches?: PushedBranch[];
};

/** What is made of a delivery. */
export type Delivery =
  | { outcome: 'ok'; hint: Hint }
  | { outcome: 'ignored' | 'malformed'; reason: string };

/** What a listener makes of a hint: it looks at the repository, or says why not. */
export type Heard = { looks: true } | { looks: false; reason: string };

/** Events after which a repository is looked at again. */
const EVENTS = [
  'repo:push',
  'repo:created',
  'repo:deleted',
  'repo:imported',
  'repo:transfer',
  'repo:updated',
];

/**
 * Reads a delivery.
 *
 * @param event - `X-Event-Key`, which is lost on the way between replicas
 * @param payload - parsed JSON, of whatever shape
 */
export function readDelivery(
  event: string | undefined,
  payload: unknown,
): Delivery {
  if (event !== undefined && !EVENTS.includes(event)) {
    return ignored(`${event} tells of nothing that the catalog has`);
  }
  const { success, data } = deliverySchema.safeParse(payload);
  if (!success) {
    return {
      outcome: 'malformed',
      reason: `${event ?? 'the delivery'} has not the shape of an event of Bitbucket Cloud`,
    };
  }
  if (!data.repository) {
    return ignored(`${event ?? 'the delivery'} names no repository`);
  }
  const { uuid, full_name: name, workspace } = data.repository;
  const fullName = name.toLowerCase();
  const hint: Hint = {
    workspace: fullName.split('/')[0],
    workspaceUuid: workspace?.uuid,
    fullName,
    uuid,
  };
  if (!data.push) {
    return { outcome: 'ok', hint };
  }
  const { changes } = data.push;
  if (changes.length === 0) {
    // Left out, since there are too many.
    return { outcome: 'ok', hint };
  }
  const branches = changes.flatMap(toBranch);
  return branches.length > 0
    ? { outcome: 'ok', hint: { ...hint, branches } }
    : ignored('only tags were pushed');
}

type Change = NonNullable<
  ReturnType<typeof deliverySchema.parse>['push']
>['changes'][number];

function toBranch({ old, new: now }: Change): PushedBranch[] {
  const ref = now ?? old;
  return ref && ref.type !== 'tag'
    ? [{ name: ref.name, head: now?.target?.hash }]
    : [];
}

function ignored(reason: string): Delivery {
  return { outcome: 'ignored', reason };
}
