import { PullRequestRecord } from '../records';
import { toJson } from './json';

const at = Date.UTC(2026, 10, 26, 10, 15, 3, 120);

const record: PullRequestRecord = {
  pageId: 'ab'.repeat(20),
  fullName: 'acme/shop',
  isPrivate: true,
  number: 12,
  title: 'Move the cart',
  url: 'https://bitbucket.org/acme/shop/pull-requests/12',
  state: 'merged',
  source: { branch: 'feature/cart' },
  destination: { branch: 'main' },
  runs: [
    {
      id: 'run-2',
      trigger: { by: 'delivery', at },
      outcome: 'passed',
      head: '5d6e7f8090a1',
      destination: { branch: 'main', commit: 'a1b2c3' },
      startedAt: at,
      endedAt: at + 1_400,
      touchedFiles: 11,
      requests: 7,
      posted: [{ what: 'report', outcome: 'posted', at }],
      result: {
        files: [
          {
            path: 'b.yaml',
            change: 'moved',
            fromPath: 'a.yaml',
            steps: [{ name: 'Read', verdict: 'passed', at, ms: 3 }],
          },
        ],
        findings: [
          {
            rule: 'removal',
            severity: 'warning',
            rejects: 'nothing',
            message: 'x',
          },
        ],
        plan: [{ entityRef: 'api:default/x', action: 'add', path: 'b.yaml' }],
      },
    },
    {
      id: 'run-1',
      trigger: { by: 'walk', at },
      outcome: 'running',
      head: '',
      destination: { branch: 'main', commit: 'a1b2c3' },
      startedAt: at,
      requests: 0,
      posted: [],
    },
  ],
  merge: {
    at,
    entities: [
      {
        entityRef: 'api:default/x',
        action: 'add',
        state: 'done',
        at: at + 4_000,
      },
      { entityRef: 'api:default/y', action: 'add', state: 'pending' },
    ],
  },
};

const time = '2026-11-26T10:15:03.120Z';

describe('the page as JSON', () => {
  it('has all keys, with null where there is nothing, and not the id of the page', () => {
    expect(JSON.parse(JSON.stringify(toJson(record)))).toEqual({
      pullRequest: {
        repository: 'acme/shop',
        isPrivate: true,
        number: 12,
        title: 'Move the cart',
        url: 'https://bitbucket.org/acme/shop/pull-requests/12',
        state: 'merged',
        sourceBranch: 'feature/cart',
        destinationBranch: 'main',
      },
      runs: [
        {
          id: 'run-2',
          trigger: { by: 'delivery', at: time },
          outcome: 'passed',
          head: '5d6e7f8090a1',
          destination: { branch: 'main', commit: 'a1b2c3' },
          startedAt: time,
          endedAt: '2026-11-26T10:15:04.520Z',
          durationMs: 1_400,
          retryAt: null,
          touchedFiles: 11,
          requests: 7,
          message: null,
          files: [
            {
              path: 'b.yaml',
              change: 'moved',
              fromPath: 'a.yaml',
              steps: [
                {
                  name: 'Read',
                  verdict: 'passed',
                  at: time,
                  durationMs: 3,
                  message: null,
                },
              ],
            },
          ],
          findings: [
            {
              rule: 'removal',
              severity: 'warning',
              rejects: 'nothing',
              path: null,
              line: null,
              entityRef: null,
              pointer: null,
              message: 'x',
            },
          ],
          plan: [
            {
              entityRef: 'api:default/x',
              action: 'add',
              path: 'b.yaml',
              fromPath: null,
              fields: [],
              referrers: null,
            },
          ],
          posted: [
            { what: 'report', outcome: 'posted', at: time, message: null },
          ],
        },
        {
          id: 'run-1',
          trigger: { by: 'walk', at: time },
          outcome: 'running',
          head: '',
          destination: { branch: 'main', commit: 'a1b2c3' },
          startedAt: time,
          endedAt: null,
          durationMs: null,
          retryAt: null,
          touchedFiles: null,
          requests: 0,
          message: null,
          files: [],
          findings: [],
          plan: [],
          posted: [],
        },
      ],
      merge: {
        at: time,
        entities: [
          {
            entityRef: 'api:default/x',
            action: 'add',
            state: 'done',
            at: '2026-11-26T10:15:07.120Z',
            afterMs: 4_000,
            message: null,
          },
          {
            entityRef: 'api:default/y',
            action: 'add',
            state: 'pending',
            at: null,
            afterMs: null,
            message: null,
          },
        ],
      },
    });
  });

  it('has null for the merge of a pull request that is open', () => {
    expect(toJson({ ...record, merge: undefined }).merge).toBeNull();
  });
});
