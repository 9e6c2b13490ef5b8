import { RunRecord } from '../records';
import { count, summarize, tallyOf } from '../resultText';
import { Tone } from './parts';

/** The outcome of a run, in a few words. */
export function verdictOf(run: RunRecord): { tone: Tone; label: string } {
  const tally = run.result && tallyOf(run.result);
  const warnings = tally?.warnings ?? 0;
  switch (run.outcome) {
    case 'passed':
      return warnings > 0
        ? { tone: 'warn', label: `Passed with ${count(warnings, 'warning')}` }
        : { tone: 'good', label: 'Passed' };
    case 'failed':
      return { tone: 'bad', label: 'Failed' };
    case 'running':
      return { tone: 'idle', label: 'Running' };
    case 'irrelevant':
      return { tone: 'idle', label: 'No catalog files' };
    case 'superseded':
      return { tone: 'idle', label: 'Replaced by a newer commit' };
    case 'closed':
      return { tone: 'idle', label: 'Stopped, the pull request is closed' };
    case 'waiting':
      return { tone: 'warn', label: 'Waiting for another try' };
    case 'abandoned':
      return { tone: 'warn', label: 'Not checked' };
  }
}

/** What a run found, in a few sentences. */
export function sentenceOf({ result, outcome }: RunRecord): string {
  if (result && (outcome === 'passed' || outcome === 'failed')) {
    return summarize(tallyOf(result));
  }
  if (result && outcome === 'waiting') {
    return `${summarize(tallyOf(result))} Not all of it is posted yet; that is tried again.`;
  }
  switch (outcome) {
    case 'running':
      return 'The catalog files are being checked. Reload this page for the result.';
    case 'irrelevant':
      return 'The pull request touches no file that the catalog reads.';
    case 'superseded':
      return 'The pull request has a newer commit or another target by now, which is checked instead.';
    case 'closed':
      return 'The pull request was merged or declined before the check had ended.';
    case 'waiting':
      return 'Something failed that may work later. The check is tried again.';
    case 'abandoned':
      return 'The check failed several times. It is tried again after the next event of the pull request.';
    default:
      return '';
  }
}
