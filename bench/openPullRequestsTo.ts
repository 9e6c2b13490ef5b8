import { BackendProcess } from './backend';
import { Bitbucket } from './bitbucket';
import { Catalog } from './catalog';
import { pullRequests, PullRequestTrials } from './phases';
import { startWithWebhook } from './pushTo';
import { until } from './wait';

type Settings = Omit<Parameters<typeof BackendProcess.start>[0], 'module'>;

const TEAMS_LIMIT_MS = 60_000;

/**
 * Opens pull requests for a backend with a webhook that checks them.
 *
 * @param settings - of an earlier backend, which has filled the catalog
 */
export async function openPullRequestsTo(
  settings: Settings,
  bitbucket: Bitbucket,
  catalog: Catalog,
): Promise<PullRequestTrials> {
  await catalog.spreadDue();
  // Components without an owner in the catalog would have warnings.
  const { teams } = bitbucket;
  const backend = await startWithWebhook(
    { ...settings, pullRequests: true, teams },
    bitbucket,
  );
  const hasTeams = async () =>
    (
      await Promise.all(
        teams.map(team => catalog.shows(`group:default/${team}`, team)),
      )
    ).every(Boolean);
  if (!(await until(hasTeams, { limitMs: TEAMS_LIMIT_MS, everyMs: 250 }))) {
    throw new Error('The teams did not come into the catalog');
  }
  const trials = await pullRequests(backend, bitbucket);
  await backend.stop();
  return trials;
}
