import { readFileSync } from 'node:fs';
import Ajv, { ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { bearer, send } from '../../../testing/simulator';
import { ADMIN, API, REST, startPay } from '../../../testing/simulator/pay';
import { SimulatedFile } from '..';

/**
 * Path of Atlassian's published description of the API of Data Center (OpenAPI,
 * JSON), which is not part of this project. Without it the check is skipped.
 *
 * https://developer.atlassian.com/server/bitbucket/rest/
 */
const SPECIFICATION = process.env.BITBUCKET_DC_OAS;

/** Where the service is known to differ from its description. */
const KNOWN_DIFFERENCES: { at: RegExp; keywords: string[]; why: string }[] = [
  {
    at: /\/nextPageStart$/,
    keywords: ['type'],
    why: 'After the last page it is null.',
  },
  {
    at: /\/errors\/\d+\/(context|exceptionName)$/,
    keywords: ['type'],
    why: 'Not every failure is about a field, or has a name.',
  },
  {
    at: /\/hash$/,
    keywords: ['type'],
    why: 'A tag that is not annotated has null.',
  },
  {
    at: /\/anchor\/path$/,
    keywords: ['type'],
    why: 'An anchor has its path as text.',
  },
  {
    at: /\/data\/\d+\/value$/,
    keywords: ['type'],
    why: 'A value is what its type says.',
  },
];

const COMMIT = '{commit}';
const PULL_REQUEST = `${API}/pull-requests/1`;
const R = '/api/latest/projects/{projectKey}/repos/{repositorySlug}';
const INSIGHTS = API.replace(REST, '/rest/insights/latest');
const REPORTS = `${INSIGHTS}/commits/${COMMIT}/reports`;
const R_INSIGHTS = `${R.replace('/api', '/insights')}/commits/{commitId}/reports`;

/** What is asked for, and the path of the description that it is an example of. */
const SAMPLES: [path: string, described: string, status?: number][] = [
  [`${REST}/application-properties`, '/api/latest/application-properties'],
  [`${REST}/projects`, '/api/latest/projects'],
  [`${REST}/projects/PAY`, '/api/latest/projects/{projectKey}'],
  [`${REST}/projects/~robin`, '/api/latest/projects/{projectKey}'],
  [`${REST}/projects/NONE`, '/api/latest/projects/{projectKey}', 404],
  [`${REST}/projects/PAY/repos`, '/api/latest/projects/{projectKey}/repos'],
  [`${REST}/repos?limit=1`, '/api/latest/repos'],
  [API, R],
  [`${REST}/projects/PAY/repos/fork`, R],
  [`${REST}/projects/PAY/repos/none`, R, 404],
  [`${API}/default-branch`, `${R}/default-branch`],
  [`${API}/branches/default`, `${R}/branches/default`],
  [`${API}/branches?limit=1`, `${R}/branches`],
  [`${API}/tags`, `${R}/tags`],
  [`${API}/tags/v1`, `${R}/tags/{name}`],
  [`${API}/commits?limit=1`, `${R}/commits`],
  [`${API}/commits/${COMMIT}`, `${R}/commits/{commitId}`],
  [`${API}/commits/${'0'.repeat(40)}`, `${R}/commits/{commitId}`, 404],
  [`${API}/commits/${COMMIT}/changes`, `${R}/commits/{commitId}/changes`],
  [`${API}/changes?until=main`, `${R}/changes`],
  [`${API}/files`, `${R}/files`],
  [`${API}/browse`, `${R}/browse`],
  [`${API}/browse/a.txt?type=true`, `${R}/browse/{path}`],
  [`${API}/last-modified?at=main`, `${R}/last-modified`],
  [`${API}/webhooks`, `${R}/webhooks`],
  [`${API}/webhooks/2`, `${R}/webhooks/{webhookId}`],
  [
    `${REST}/projects/PAY/webhooks`,
    '/api/latest/projects/{projectKey}/webhooks',
  ],
  [`${API}/pull-requests?state=ALL`, `${R}/pull-requests`],
  [PULL_REQUEST, `${R}/pull-requests/{pullRequestId}`],
  [
    `${PULL_REQUEST}/comments?path=b.txt`,
    `${R}/pull-requests/{pullRequestId}/comments`,
  ],
  [REPORTS, R_INSIGHTS],
  [`${REPORTS}/catalog`, `${R_INSIGHTS}/{key}`],
  [`${REPORTS}/catalog/annotations`, `${R_INSIGHTS}/{key}/annotations`],
  [
    `${API}/commits/${COMMIT}/builds?key=catalog`,
    `${R}/commits/{commitId}/builds`,
  ],
  [
    '/rest/mirroring/latest/projects/1/repos',
    '/mirroring/latest/projects/{projectId}/repos',
  ],
];

type Operation = {
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
};

const describeWithSpecification = SPECIFICATION ? describe : describe.skip;

describeWithSpecification(
  'answers fit the published description (skipped unless BITBUCKET_DC_OAS names it)',
  () => {
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    let paths: Record<string, { get?: Operation }>;

    beforeAll(() => {
      addFormats(ajv);
      const text = readFileSync(String(SPECIFICATION), 'utf8');
      const specification = JSON.parse(text);
      paths = specification.paths;
      ajv.addSchema({ $id: 'bitbucket', ...specification });
    });

    /** The schema of a successful answer, or of the failure of a status. */
    function schemaOf(described: string, status: number): object | undefined {
      const response = paths[described]?.get?.responses[String(status)];
      expect([described, response]).toEqual([described, expect.anything()]);
      const [content] = Object.values(response?.content ?? {});
      return content?.schema;
    }

    function differences(value: unknown, schema: object | undefined) {
      const text = JSON.stringify(schema ?? {});
      const absolute = text.replaceAll('"#/', '"bitbucket#/');
      const validate = ajv.compile(JSON.parse(absolute));
      validate(value);
      return (validate.errors ?? []).filter(isUnknownDifference);
    }

    it.each(SAMPLES)('%s is a %s', async (path, described, expected = 200) => {
      const { get, hash } = await startEverything();
      const { status, json } = await get(path.replace(COMMIT, hash));
      expect(status).toBe(expected);
      expect(differences(json, schemaOf(described, status))).toEqual([]);
    });
  },
);

/** An instance with something of everything. */
async function startEverything() {
  const world = await startPay({ accounts: [ADMIN], mirrorHashes: true });
  const { instance, pay, api, simulator } = world;
  instance.addProject('~robin', { name: 'Robin' });
  pay.createTag('api', 'v1');
  pay.push('api', { 'run.sh': new SimulatedFile('#!/bin/sh', ['executable']) });
  pay.forkRepository(api, { slug: 'fork' });
  for (const scope of [pay, api]) {
    const url = 'https://portal.example.com/hook';
    instance.hooks.add(scope, { url, events: ['pr:opened'] });
  }
  pay.push('api', { 'b.txt': 'b' }, { branch: 'idea' });
  pay.pullRequests.open('api', { source: 'idea' });
  const hash = String(api.head?.hash);
  const write = async (method: string, path: string, body: object) => {
    const { status } = await send(
      simulator,
      method,
      path,
      body,
      bearer('admin'),
    );
    expect(status).toBeLessThan(300);
  };
  const reports = REPORTS.replace(COMMIT, hash);
  await write('PUT', `${reports}/catalog`, {
    title: 'Catalog',
    data: [{ title: 'Files', type: 'NUMBER', value: 1 }],
  });
  await write('POST', `${reports}/catalog/annotations`, {
    annotations: [{ message: 'Wrong', severity: 'LOW', path: 'a.txt' }],
  });
  await write('POST', `${API}/commits/${hash}/builds`, {
    key: 'catalog',
    state: 'FAILED',
    url: 'https://portal.example.com/runs/1',
  });
  await write('POST', `${PULL_REQUEST}/comments`, {
    text: 'Why?',
    anchor: { path: 'b.txt', line: 1, lineType: 'ADDED', fileType: 'TO' },
  });
  return { ...world, hash };
}

const isUnknownDifference = ({ instancePath, keyword }: ErrorObject) =>
  !KNOWN_DIFFERENCES.some(
    known => known.keywords.includes(keyword) && known.at.test(instancePath),
  );
