import { RequestMeter } from '../../src/scm/types';
import { collect } from '../bitbucket/collect';
import { Calls, ERRORS, outcomesOf } from './calls';
import { Opened, openPullRequest, report, status } from './openPullRequest';
import { Shop } from './shop';

/** Calls that reject where the host does not answer as it should. */
function callsOf({ api, repository, number, head }: Opened): Calls {
  return {
    read: (_host, _place, context) => api.read(repository, number, context),
    listOpen: (_host, _place, context) =>
      collect(api.listOpen(repository, context)),
    listFiles: (_host, _place, context) => {
      const side = { branch: 'any', commit: head.hash, repository };
      const pullRequest = { number, source: side, destination: side };
      return api.listFiles(repository, pullRequest, context);
    },
    fullHash: (_host, _place, context) =>
      api.fullHash(repository, head.hash.slice(0, 12), context),
    putReport: (_host, _place, context) => api.putReport(head, report, context),
    putAnnotations: (_host, _place, context) =>
      api.putAnnotations(
        head,
        report.id,
        [{ id: '1', severity: 'note', summary: 'Some' }],
        context,
      ),
    putStatus: (_host, _place, context) => api.putStatus(head, status, context),
    listComments: (_host, _place, context) =>
      collect(api.listComments(repository, number, context)),
    createComment: (_host, _place, context) =>
      api.createComment(repository, number, 'Some', context),
  };
}

/** Calls that are done too where there is nothing of the kind. */
function callsWithoutProofOf({ api, repository, number, head }: Opened): Calls {
  return {
    deleteReport: (_host, _place, context) =>
      api.deleteReport(head, report.id, context),
    updateComment: (_host, _place, context) =>
      api.updateComment(repository, number, '1', 'Some', context),
  };
}

export function describePullRequestFailures(shop: () => Shop): void {
  it('says that a deleted repository is missing, whatever is asked of its pull requests', async () => {
    const opened = await openPullRequest(shop());
    const { host, world } = shop();
    const place = await shop().place();
    await world.remove('shop');
    const calls = { ...callsOf(opened), ...callsWithoutProofOf(opened) };
    const outcomes = await outcomesOf(calls, host, place, {});
    expect(
      outcomes.filter(({ outcome }) => outcome !== 'NotFoundError: repository'),
    ).toEqual([]);
  });

  it.each(ERRORS)(
    'fails where pull requests cannot be read or posted to (%s), and shows no credential',
    async (failure, errors) => {
      const opened = await openPullRequest(shop());
      const { host, world } = shop();
      const place = await shop().place();
      await world.failWith(failure);
      const outcomes = await outcomesOf(
        {
          ...callsOf(opened),
          ...(failure === 404 ? {} : callsWithoutProofOf(opened)),
        },
        host,
        place,
        {},
      );
      expect(
        outcomes.filter(
          ({ name, outcome }) =>
            !errors.includes(outcome) &&
            // Nothing is read of the response.
            !(failure === 'malformed' && name === 'deleteReport'),
        ),
      ).toEqual([]);
      const shown = outcomes.map(outcome => outcome.shown).join();
      expect(world.secrets.filter(secret => shown.includes(secret))).toEqual(
        [],
      );
    },
  );

  it('counts the requests about pull requests, and sends none for a call that is given up', async () => {
    const opened = await openPullRequest(shop());
    const { host } = shop();
    const place = await shop().place();
    const calls = { ...callsOf(opened), ...callsWithoutProofOf(opened) };
    const reason = new Error('The backend stops');
    const signal = AbortSignal.abort(reason);
    for (const [name, call] of Object.entries(calls)) {
      const meter = new RequestMeter();
      const sent = await shop().requestsOf(() => call(host, place, { meter }));
      expect([name, meter.requests]).toEqual([name, sent.length]);
      expect(sent.length).toBeGreaterThan(0);
      const unsent = await shop().requestsOf(async () =>
        expect(await call(host, place, { signal }).catch(e => e)).toBe(reason),
      );
      expect(unsent).toEqual([]);
    }
  });
}
