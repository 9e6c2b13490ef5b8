import { Purpose } from '../bitbucket';
import { summarizePullRequests } from './pullRequests';

const request = (purpose: Purpose) => ({ at: 0, purpose });

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
      request('listing'),
      ...Array.from({ length: 5 }, () => request('repository')),
      request('file'),
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
