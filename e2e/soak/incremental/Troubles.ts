import { Fate, Fault, Random } from '../../../dev/simulator';
import { Operation } from '../operations';
import { RESTART } from '../plan';
import { EXCLUDED_PROJECT, World } from '../World';
import { Product, WrongKind } from './Product';

/** Steps of these kinds restart the backend with another configuration. */
export const PROVIDER_REMOVED = 'provider removed';
export const PROVIDER_RESTORED = 'provider restored';

/** What is lost of deliveries. */
const LOSSES: Record<string, (event: string) => boolean> = {
  nothing: () => false,
  pushes: event => PUSHES.includes(event),
  everything: () => true,
};

const PUSHES = ['repo:push', 'repo:refs_changed'];

/** A step in which responses begin to fail, for a while. */
export const FAULT = 'fault';

/** Steps of these kinds change the provider of a repository. */
const TRANSFER = /^transfer/;

/** A wrong response that was sent. */
export type Sent = { kind: string; url: string };

/** What goes wrong between the product and the backend. */
export class Troubles {
  /** The wrong responses since the last rest. */
  sent: Sent[] = [];
  /** How many wrong responses of each kind there were. */
  readonly counts = new Map<string, number>();
  /** Whether something happened that only a full list shows. */
  needsFullList = false;
  /** Whether a repository may still be another provider's in the catalog. */
  private isTransferring = false;
  private takeAway = () => {};
  /** Whether a wrong response may still meet another one about the same. */
  private isRecent = false;
  private lost = LOSSES.nothing;
  private isLate = false;
  private repeats = 0;
  private unseen = 0;
  /** Whether something failed, which is tried again after some time. */
  private hasFailed = false;

  constructor(private readonly product: Product) {
    this.world.deliveries.plan(event => this.fateOf(event));
  }

  private get world(): World {
    return this.product.world;
  }

  /** Whether a wrong response may be believed, or a failure not be over. */
  get mayMislead(): boolean {
    return this.sent.length > 0 || this.hasFailed;
  }

  /** In the form of operations on the workspace. */
  get operations(): Operation[] {
    return [
      ...this.product.wrongKinds.map(kind => ({
        kind: `wrong response: ${kind.name}`,
        weight: 2,
        apply: (_: World, random: Random) => this.sendWrong(kind, random),
      })),
      this.deliveries('deliveries of pushes lost', 3, () => {
        this.lost = LOSSES.pushes;
      }),
      this.deliveries('deliveries lost', 1, () => {
        this.lost = LOSSES.everything;
      }),
      this.deliveries('deliveries late', 4, () => {
        this.isLate = true;
      }),
      this.deliveries('deliveries repeated', 4, random => {
        this.repeats = 1 + random.below(3);
      }),
      this.deliveries('late deliveries arrive', 5, random => {
        this.release(random);
      }),
      this.deliveries('deliveries in order again', 8, () => this.deliver()),
      { kind: RESTART, weight: 2, apply: () => this.restart('') },
      {
        kind: PROVIDER_REMOVED,
        weight: 1,
        apply: (world, random) => this.removeProvider(world, random),
      },
      {
        kind: PROVIDER_RESTORED,
        weight: 12,
        apply: world => this.restoreProvider(world),
      },
    ];
  }

  /** Notes that something happened to the workspace. */
  noteStep(kind: string): void {
    this.needsFullList ||= this.product.unseen.kinds.includes(kind);
    this.hasFailed ||= kind === FAULT;
    this.isTransferring ||= TRANSFER.test(kind);
  }

  /** Notes that each provider has walked, and nothing was wrong about it. */
  noteWalks(): void {
    this.isRecent = false;
  }

  /** Ends everything that goes wrong, and waits until all deliveries have arrived. */
  async end(random: Random): Promise<void> {
    this.takeAway();
    this.world.endFaults();
    this.deliver();
    this.release(random);
    await this.world.deliveries.settled();
  }

  /** Begins another round. */
  begin(): void {
    this.sent = [];
    this.isRecent = false;
    this.needsFullList = false;
    this.isTransferring = false;
    this.hasFailed = false;
    this.unseen = 0;
  }

  /**
   * At most one at a time: two wrong responses that agree cannot be distinguished
   * from true ones.
   */
  private sendWrong(
    { name, create }: WrongKind,
    random: Random,
  ): string | undefined {
    if (this.isRecent) {
      return undefined;
    }
    this.takeAway();
    const watched = this.watched(name, create(random));
    this.takeAway = this.world.faults.add(watched);
    return '';
  }

  private watched(kind: string, fault: Fault<string>): Fault<string> {
    if (fault.kind !== 'rewrite') {
      throw new Error(`${kind} is not a wrong response`);
    }
    return {
      ...fault,
      rewrite: (response, url) => {
        const wrong = fault.rewrite(response, url);
        if (wrong) {
          this.sent.push({
            kind,
            url: decodeURIComponent(`${url.pathname}${url.search}`),
          });
          this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
          this.isRecent = true;
        }
        return wrong;
      },
    };
  }

  private deliveries(
    kind: string,
    weight: number,
    change: (random: Random) => void,
  ): Operation {
    return {
      kind,
      weight,
      apply: (_, random) => {
        change(random);
        return '';
      },
    };
  }

  private fateOf(event: string): Fate {
    const isUnseen = this.product.unseen.events(event);
    this.unseen += isUnseen ? 1 : 0;
    if (this.lost(event)) {
      this.needsFullList ||= isUnseen;
      return 'lose';
    }
    if (this.isLate) {
      return 'hold';
    }
    return this.repeats > 0 ? { repeat: this.repeats } : 'send';
  }

  private deliver(): void {
    this.lost = LOSSES.nothing;
    this.isLate = false;
    this.repeats = 0;
  }

  /** In any order. */
  private release(random: Random): void {
    this.world.deliveries.release(random);
  }

  /** What is to be looked at, and what arrives meanwhile, is forgotten. */
  private restart(what: string): string {
    this.needsFullList ||= this.unseen > 0;
    return what;
  }

  /**
   * Not while repositories change their providers: Backstage evicts what a removed one
   * has, also what would be another's with the next walk.
   */
  private removeProvider(world: World, random: Random): string | undefined {
    if (world.unconfigured.size > 0 || this.isTransferring) {
      return undefined;
    }
    const projects = world.projects.filter(key => key !== EXCLUDED_PROJECT);
    const key = random.pick(projects);
    world.unconfigured.add(key);
    return this.restart(key);
  }

  private restoreProvider(world: World): string | undefined {
    const [key] = world.unconfigured;
    world.unconfigured.clear();
    return key && this.restart(key);
  }
}
