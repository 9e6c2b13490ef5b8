import { setTimeout as sleep } from 'node:timers/promises';
import { Truth } from '../truth';
import { TriggeredBackend } from './TriggeredBackend';

const LOOK_EVERY_MS = 100;

/**
 * The components that the catalog had when it was last compared, and that the
 * workspace has had ever since. None may be missing at any time, and each keeps
 * its uid.
 */
export class Existing {
  /** What was found to be missing, or to have another uid. */
  missing: string[] = [];
  private uids = new Map<string, string>();

  constructor(private readonly backend: TriggeredBackend) {}

  /** Leaves out what the workspace does not have any more. */
  keep(truth: Truth): void {
    const names = new Set(
      [...truth.values()]
        .flat()
        .flatMap(line => /^Component (\S+)/.exec(line)?.[1] ?? []),
    );
    for (const name of this.uids.keys()) {
      if (!names.has(name)) {
        this.uids.delete(name);
      }
    }
  }

  /** Goes on with what the catalog has now. */
  async renew(): Promise<void> {
    await this.look();
    this.uids = await this.backend.uids();
  }

  async look(): Promise<void> {
    const { uids } = this;
    const current = await this.backend.uids();
    if (this.missing.length === 0) {
      this.missing = differences(uids, current);
    }
  }

  /** @returns a function that ends it */
  watch(): () => Promise<void> {
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        await this.look();
        await sleep(LOOK_EVERY_MS);
      }
    })();
    return async () => {
      isOver = true;
      await watching;
    };
  }
}

function differences(
  uids: Map<string, string>,
  current: Map<string, string>,
): string[] {
  return [...uids].flatMap(([name, uid]) => {
    const now = current.get(name);
    if (now === undefined) {
      return [`missing although it was there all the time: ${name}`];
    }
    return now === uid ? [] : [`has another uid: ${name}`];
  });
}
