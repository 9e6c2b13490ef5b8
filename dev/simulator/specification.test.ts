import { readFileSync } from 'node:fs';
import Ajv, { ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { ask, bearer, start, startReceiver } from '../../testing/simulator';
import { SimulatedFile, SimulatedWorkspace } from '.';

/**
 * Path of Atlassian's published description of the API (OpenAPI, JSON), which
 * is not part of this project. Without it the check is skipped.
 *
 * https://developer.atlassian.com/cloud/bitbucket/swagger.v3.json
 */
const SPECIFICATION = process.env.BITBUCKET_OAS;

/** Where the service is known to differ from its description. */
const KNOWN_DIFFERENCES: { at: RegExp; keywords: string[]; why: string }[] = [
  {
    at: /\/attributes$/,
    keywords: ['type', 'enum'],
    why: 'The attributes of a file are a list.',
  },
  {
    at: /\/mainbranch$/,
    keywords: ['type'],
    why: 'The main branch of an empty repository is null.',
  },
  {
    at: /^\/values\/\d+\/(old|new)$/,
    keywords: ['type'],
    why: 'A file that was added had no old side, one that was removed has no new one.',
  },
  {
    at: /^\/error\/detail$/,
    keywords: ['type'],
    why: 'A missing scope is explained by an object.',
  },
  {
    at: /^(\/values\/\d+)?(\/project)?\/links$/,
    keywords: ['additionalProperties'],
    why: 'A project has a link to itself, a pull request one to its statuses.',
  },
  {
    at: /\/links\/clone\/1\/href$/,
    keywords: ['format'],
    why: 'git@bitbucket.org:… is not a URI.',
  },
  {
    at: /\/(source|destination)\/commit$|\/merge_commit$/,
    keywords: ['additionalProperties'],
    why: 'A commit of a pull request has a type and links.',
  },
  {
    at: /\/(merge_commit|closed_by)$/,
    keywords: ['type'],
    why: 'An open pull request has no merge commit, and was not closed by anyone.',
  },
  {
    at: /\/source\/repository$/,
    keywords: ['type'],
    why: 'A fork that was deleted is null.',
  },
  {
    at: /\/refname$/,
    keywords: ['type'],
    why: 'A build status without a ref has null.',
  },
  {
    at: /\/inline\/from$/,
    keywords: ['type'],
    why: 'A comment on a new line is on no old one.',
  },
  {
    at: /\/data\/\d+\/value$/,
    keywords: ['type'],
    why: 'A value is what its type says, and only a link is an object.',
  },
];

const SHOP = '/2.0/repositories/acme/shop';
const PULL_REQUEST = `${SHOP}/pullrequests/1`;
/** Stands for the commit at the head of the main branch. */
const HEAD = `${SHOP}/commit/{head}`;

/** Path, schema and, unless it is 200, the status and the token that causes it. */
const SAMPLES: [
  path: string,
  schema: string,
  status?: number,
  token?: string,
][] = [
  ['/2.0/repositories/acme', 'paginated_repositories'],
  [
    '/2.0/repositories/acme?fields=%2Bvalues.mainbranch.target.*',
    'paginated_repositories',
  ],
  [SHOP, 'repository'],
  [`${SHOP}/refs`, 'paginated_refs'],
  [`${SHOP}/refs/branches?pagelen=1`, 'paginated_branches'],
  [`${SHOP}/refs/branches/main`, 'branch'],
  [`${SHOP}/commits/main`, 'paginated_changeset'],
  [`${SHOP}/commit/main`, 'commit'],
  [`${SHOP}/diffstat/main..first`, 'paginated_diffstats'],
  [`${SHOP}/src/main/?max_depth=2&pagelen=2`, 'paginated_treeentries'],
  [`${SHOP}/src/main/docs?format=meta`, 'treeentry'],
  [`${SHOP}/src/main/run.sh?format=meta`, 'commit_file'],
  [`${SHOP}/pullrequests`, 'paginated_pullrequests'],
  [`${SHOP}/pullrequests?state=DECLINED`, 'paginated_pullrequests'],
  [PULL_REQUEST, 'pullrequest'],
  [`${SHOP}/diffstat/acme/mine:idea%0Dmain?topic=true`, 'paginated_diffstats'],
  [`${SHOP}/file-conflicts/acme/mine:idea%0Dmain`, 'paginated_file_conflicts'],
  ['/2.0/workspaces/acme', 'workspace'],
  ['/2.0/workspaces/acme/projects', 'paginated_projects'],
  ['/2.0/workspaces/acme/projects/PROJ', 'project'],
  ['/2.0/workspaces/acme/hooks', 'paginated_webhook_subscriptions'],
  ['/2.0/workspaces/acme/search/code?search_query=run', 'search_result_page'],
  ['/2.0/user', 'account'],
  ['/2.0/user/workspaces', 'paginated_workspace_access'],
  ['/2.0/workspaces', 'error', 410],
  ['/2.0/repositories/acme', 'error', 401, 'unknown'],
  ['/2.0/repositories/acme', 'error', 403, 'narrow'],
  ['/2.0/repositories/acme/none', 'error', 404],
  [`${SHOP}/src/none/`, 'error', 404],
  [`${SHOP}/diffstat/main..none`, 'error', 404],
  [`${SHOP}/pullrequests/9`, 'error', 404],
  [`${SHOP}/pullrequests?pagelen=51`, 'error', 400],
];

const REPORT = {
  title: 'Catalog',
  details: 'Two findings',
  report_type: 'TEST',
  link: 'https://backstage.example.com/run/1',
  data: [{ title: 'Files', type: 'NUMBER', value: 2 }],
};
const ANNOTATIONS = [
  {
    external_id: 'one',
    annotation_type: 'BUG',
    summary: 'One',
    path: 'docs/a.md',
    line: 1,
  },
];
const STATUS = {
  key: 'catalog',
  state: 'FAILED',
  url: 'https://backstage.example.com/run/1',
};
const COMMENT = {
  content: { raw: 'Why?' },
  inline: { path: 'docs/a.md', to: 1 },
};

/** One after the other, each with what those before have made. */
const WRITTEN: [
  method: string,
  path: string,
  schema: string,
  body?: object,
  status?: number,
][] = [
  ['PUT', `${HEAD}/reports/checks`, 'report', REPORT],
  ['GET', `${HEAD}/reports`, 'paginated_reports'],
  ['GET', `${HEAD}/reports/checks`, 'report'],
  ['GET', `${HEAD}/reports/none`, 'error', undefined, 404],
  [
    'POST',
    `${HEAD}/reports/checks/annotations`,
    'report_annotation[]',
    ANNOTATIONS,
  ],
  ['GET', `${HEAD}/reports/checks/annotations`, 'paginated_annotations'],
  ['POST', `${HEAD}/statuses/build`, 'commitstatus', STATUS, 201],
  [
    'PUT',
    `${HEAD}/statuses/build/catalog`,
    'commitstatus',
    { state: 'FAILED' },
  ],
  ['GET', `${HEAD}/statuses`, 'paginated_commitstatuses'],
  ['GET', `${HEAD}/statuses/build/none`, 'error', undefined, 404],
  ['POST', `${PULL_REQUEST}/comments`, 'pullrequest_comment', COMMENT, 201],
  ['GET', `${PULL_REQUEST}/comments`, 'paginated_pullrequest_comments'],
  ['GET', `${PULL_REQUEST}/comments/1`, 'error', undefined, 404],
];

const describeWithSpecification = SPECIFICATION ? describe : describe.skip;

describeWithSpecification(
  'answers fit the published description (skipped unless BITBUCKET_OAS names it)',
  () => {
    const ajv = new Ajv({ strict: false, allErrors: true });

    beforeAll(() => {
      addFormats(ajv);
      const specification = readFileSync(String(SPECIFICATION), 'utf8');
      ajv.addSchema({ $id: 'bitbucket', ...JSON.parse(specification) });
    });

    /** Where a value differs from a schema, or from a list of it. */
    function differences(value: unknown, schema: string) {
      const $ref = `bitbucket#/components/schemas/${schema.replace('[]', '')}`;
      const validate = ajv.compile(
        schema.endsWith('[]') ? { type: 'array', items: { $ref } } : { $ref },
      );
      validate(value);
      return (validate.errors ?? []).filter(isUnknownDifference);
    }

    it.each(SAMPLES)(
      '%s is a %s',
      async (path, schema, expected = 200, token = 'wide') => {
        const simulator = await startAcme();
        const { status, json } = await ask(simulator, path, bearer(token));
        expect(status).toBe(expected);
        expect(differences(json, schema)).toEqual([]);
      },
    );

    it('what is written is answered with what it says, too', async () => {
      const simulator = await startAcme();
      const { head } = simulator.workspace('acme').repository('shop');
      for (const [method, path, schema, body, expected = 200] of WRITTEN) {
        const url = path.replace(HEAD, `${SHOP}/commit/${head?.hash}`);
        const headers = {
          ...bearer('wide').headers,
          'Content-Type': 'application/json',
        };
        const { status, json } = await ask(simulator, url, {
          method,
          headers,
          body: body && JSON.stringify(body),
        });
        expect([path, status]).toEqual([path, expected]);
        expect([path, differences(json, schema)]).toEqual([path, []]);
      }
    });

    it('the pull request of a delivery is a pullrequest', async () => {
      const { url, received } = await startReceiver();
      const simulator = await startAcme();
      const acme = simulator.workspace('acme');
      acme.hooks.add({ url, events: ['pullrequest:fulfilled'] });
      acme.pullRequests.merge(acme.repository('shop').pullRequests[0]);
      await simulator.deliveries.settled();
      const [{ payload }] = received;
      const { pullrequest } = payload as { pullrequest: unknown };
      expect(pullrequest).toMatchObject({ state: 'MERGED' });
      expect(differences(pullrequest, 'pullrequest')).toEqual([]);
    });
  },
);

/** A workspace with something of everything. */
function startAcme() {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  const files = {
    'docs/a.md': '# A',
    'run.sh': new SimulatedFile('#!/bin/sh', ['executable']),
  };
  const shop = acme.addRepository({ slug: 'shop', files });
  acme.createTag('shop', 'first');
  acme.push('shop', { 'docs/b.md': '# B' });
  acme.createBranch('shop', 'release/1');
  acme.addRepository({ slug: 'fork', forkOf: 'shop' });
  acme.hooks.add({
    url: 'https://portal.example/hook',
    events: ['repo:push'],
  });
  const mine = acme.forkRepository(shop, { slug: 'mine' });
  acme.push('mine', { 'docs/c.md': '# C' }, { branch: 'idea' });
  acme.pullRequests.open('shop', {
    source: 'idea',
    sourceRepository: mine,
  });
  acme.pullRequests.decline(
    acme.pullRequests.open('shop', {
      source: 'main',
      sourceRepository: acme.forkRepository(shop, { slug: 'gone' }),
    }),
  );
  acme.removeRepository('gone');
  return start({
    workspaces: [acme],
    accounts: [
      { kind: 'accessToken', name: 'wide', token: 'wide' },
      {
        kind: 'accessToken',
        name: 'narrow',
        token: 'narrow',
        scopes: ['webhook'],
      },
    ],
    codeSearch: true,
  });
}

const isUnknownDifference = ({ instancePath, keyword }: ErrorObject) =>
  !KNOWN_DIFFERENCES.some(
    known => known.keywords.includes(keyword) && known.at.test(instancePath),
  );
