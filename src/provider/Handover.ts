import { Finding, Skipped } from '../discovery';
import { compare, Comparison } from './comparison';
import { isTooLong, LocatedFile } from './locations';
import { mutate } from './mutations';
import { RemovalTools } from './removeLost';
import { inheritedTargets, isTold, toldFiles, touchedTargets } from './told';

/** What a hand-over works with. */
export type HandoverTools = Pick<
  RemovalTools,
  'connection' | 'provider' | 'memory' | 'catalog'
>;

/** Tells the catalog what a walk finds, and keeps count of it. */
export class Handover {
  readonly skipped: Skipped[] = [];
  /** Counts what was looked into, skipped repositories included. */
  lookedInto = 0;
  /** Counts catalog files. */
  found = 0;
  added = 0;
  /** Files whose content has changed. */
  changed = 0;
  removed = 0;
  /** What the catalog has and the walk did not find, without proof that it is gone. */
  kept = 0;
  /** Added, although Backstage is not going to read them: see {@link isTooLong}. */
  readonly tooLong: LocatedFile[] = [];
  /** In the catalog, and not there when its repository was read. */
  readonly gone: LocatedFile[] = [];
  readonly #tools: HandoverTools;
  /** What was found in repositories that others are gone from, by uuid. */
  readonly #unsettled = new Map<string, LocatedFile[]>();

  constructor(tools: HandoverTools) {
    this.#tools = tools;
  }

  /**
   * Hands over what was found in some repositories.
   *
   * @param options.isWhole - whether everything is compared with what the catalog
   * has, and not just what it was not told of
   * @param options.updated - uuids of the repositories that were updated since the
   * last walk
   */
  async tell(
    findings: Finding[],
    { isWhole, updated }: { isWhole: boolean; updated: Set<string> },
  ): Promise<void> {
    const { memory, catalog } = this.#tools;
    this.lookedInto += findings.length;
    for (const finding of findings) {
      if (finding.reason) {
        this.skipped.push(finding);
      } else {
        this.found += finding.files.length;
      }
    }
    const told = await memory.told(
      findings.map(({ repository }) => repository.uuid),
    );
    const touched = touchedTargets(findings, told, updated);
    await this.#refresh(touched.targets);
    await memory.saveTold(touched.told);
    const differing = findings.filter(
      finding => isWhole || !isTold(finding, told),
    );
    if (differing.length > 0) {
      const current = await catalog.read();
      const comparison = compare(current?.byUuid ?? new Map(), differing);
      await this.#add(comparison);
      if (!isWhole) {
        await this.#refresh(inheritedTargets(comparison, told));
      }
      this.kept += comparison.unseen.length;
      // Until what is gone is removed, the catalog has it.
      for (const [uuid, files] of comparison.gone) {
        this.gone.push(...files);
        this.#unsettled.set(uuid, comparison.found.get(uuid) ?? []);
        comparison.found.delete(uuid);
      }
      await memory.saveTold(toldFiles(comparison.found, told));
    }
  }

  /** What is gone was removed, or need not be. */
  async settle(): Promise<void> {
    await this.#tools.memory.saveTold(toldFiles(this.#unsettled, new Map()));
  }

  async #refresh(targets: string[]): Promise<void> {
    if (targets.length > 0) {
      this.changed += targets.length;
      await this.#tools.connection.refresh({
        keys: targets.map(target => `url:${target}`),
      });
    }
  }

  /** What was moved is added under its new URL before the old one goes. */
  async #add(comparison: Comparison): Promise<void> {
    const { connection, provider, catalog } = this.#tools;
    const { moved } = comparison;
    // Two may not have a Location of the same URL, and the first one keeps it.
    const added = await catalog.withoutRegistered(comparison.added);
    const entities = catalog.movedEntities(moved);
    await entities.allowNewUrls();
    await mutate(connection, provider, added, []);
    await entities.handOver();
    await mutate(
      connection,
      provider,
      [],
      moved.map(({ from }) => from),
    );
    this.added += added.length;
    this.removed += moved.length;
    this.tooLong.push(...added.filter(isTooLong));
  }
}
