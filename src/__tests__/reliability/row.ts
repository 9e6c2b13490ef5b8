/** A row of the fault table, as `docs/reliability.md` shows it. */
export type RowTexts = {
  fault: string;
  /** Where the fault strikes. */
  strikes: string;
  /** What becomes of the walk or the read. */
  happens: string;
  /** What the log says; an ellipsis stands for any text. */
  says: string;
};

/** A row, and what proves it. */
export type Row<World> = RowTexts & {
  /** Lets the fault strike and end. Fails unless what the row says comes true. */
  run(world: World): Promise<void>;
};

/** Rows that belong together. */
export type Group = { title: string; rows: readonly RowTexts[] };

/** A text with ellipses as a pattern. */
export function patternOf(text: string): RegExp {
  const parts = text
    .split('…')
    .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.*'), 's');
}
