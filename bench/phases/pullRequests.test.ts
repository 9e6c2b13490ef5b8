import { LoggedRequest } from '../../dev/simulator';
import { summarizePullRequests } from './pullRequests';

const REPOSITORY = '/2.0/repositories/bench/shop';

const request = (
  endpoint: LoggedRequest['endpoint'],
  path: string,
  method = 'GET',
): LoggedRequest => ({
  at: 0,
  endpoint,
  path,
  method,
  query: {},
  authorization: true,
});

describe('summarizePullRequests', () => {
  it('gives the times from the events to the reports, and the requests for each without those of walks', () => {
    const checked = [
      {
        openedAt: 100,
        hasMistake: false,
        report: { at: 2_600, result: 'PASSED' },
      },
      {
        openedAt: 110,
        hasMistake: true,
        report: { at: 3_110, result: 'FAILED' },
      },
      {
        openedAt: 120,
        hasMistake: false,
        report: { at: 2_420, result: 'PASSED' },
      },
    ];
    const requests = [
      request('repositories', '/2.0/repositories/bench'),
      request('diffstat', `${REPOSITORY}/diffstat/a..b`),
      request('pullrequest', `${REPOSITORY}/pullrequests/1`),
      request('src', `${REPOSITORY}/src/a/catalog-info.yaml`),
      request('report', `${REPOSITORY}/commit/a/reports/r`, 'PUT'),
      request(
        'annotations',
        `${REPOSITORY}/commit/a/reports/r/annotations`,
        'POST',
      ),
      request('statuses', `${REPOSITORY}/commit/a/statuses/build`, 'POST'),
    ];
    expect(summarizePullRequests(checked, requests)).toEqual({
      made: 3,
      seen: 3,
      requests: 2,
      medianMs: 2_500,
      slowestMs: 3_000,
    });
  });

  it('takes a pull request for missed that has no report, or the wrong one', () => {
    const checked = [
      {
        openedAt: 0,
        hasMistake: false,
        report: { at: 2_500, result: 'PASSED' },
      },
      {
        openedAt: 0,
        hasMistake: true,
        report: { at: 2_400, result: 'PASSED' },
      },
      { openedAt: 0, hasMistake: true },
    ];
    expect(summarizePullRequests(checked, [])).toMatchObject({
      made: 3,
      seen: 1,
      medianMs: 2_500,
    });
  });
});
