import { MinuteCount } from './minuteCount';

/**
 * Keeps what processes count, so that those which share a credential, be it one
 * after the other, share its budget too.
 */
export interface BudgetStore {
  /**
   * Takes over what this process has counted, and tells what the others have.
   *
   * @param credential - the name of the credential, which is no secret
   * @param own - the minutes in which this process counted since it was last
   * asked; each replaces what was known of that minute
   * @param since - the oldest minute that matters; older ones may be forgotten
   */
  exchange(
    credential: string,
    own: MinuteCount[],
    since: number,
  ): Promise<MinuteCount[]>;
}
