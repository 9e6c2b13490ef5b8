import { Conflict, LocatedFile } from '../catalog-tables';
import { Skipped } from '../discovery';

/** What a walk has come to. */
export class WalkTotals {
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
  /** Added, although Backstage does not read them: their URLs are too long. */
  readonly tooLong: LocatedFile[] = [];
  /** Not added, since another source has them in the catalog. */
  readonly conflicts: Conflict[] = [];

  /** Whether the catalog was changed. */
  get isNews(): boolean {
    return this.added + this.changed + this.removed > 0;
  }
}
