import {
  DataCenterEndpoint,
  DataCenterOptions,
  dataCenterWrongResponses as wrong,
  SimulatedInstance,
} from '../simulator/data-center';
import { Fault, SimulatedFile } from '../simulator';
import { freePort } from '../freePort';
import { startDataCenter } from '../../testing/dataCenter';
import { parseOptions, UsageError } from './options';
import { probe } from './probe';

const TOKEN = 'not-to-be-shown';
const TARGET = 'secrets/target.yaml';

function instanceWithEverything(): SimulatedInstance {
  const instance = new SimulatedInstance();
  instance.addProject('PAY');
  instance.addProject('HIDE');
  instance.addProject('~jane');
  instance.addRepository('PAY', {
    slug: 'api',
    files: {
      'README.md': '# Confidential',
      'docs/a.md': '# A',
      link: new SimulatedFile(TARGET, ['link']),
      module: new SimulatedFile('', ['subrepository']),
      'big.bin': new SimulatedFile(
        'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
        ['lfs'],
      ),
    },
  });
  instance.addRepository('PAY', { slug: 'before', files: { a: 'a' } });
  instance.addRepository('PAY', { slug: 'done', files: { a: 'a' } });
  instance.addRepository('HIDE', { slug: 'plans', files: { a: 'a' } });
  instance.addRepository('~jane', { slug: 'notes', files: { a: 'a' } });
  instance.setArchived(instance.repository('PAY', 'done'));
  instance.rename(instance.repository('PAY', 'before'), 'after');
  return instance;
}

const NAMES = {
  repository: 'PAY/api',
  oldRepository: 'PAY/before',
  hiddenRepository: 'HIDE/plans',
  link: 'link',
  submodule: 'module',
  lfs: 'big.bin',
};

async function run(
  simulated: Partial<DataCenterOptions> = {},
  names: Partial<typeof NAMES> = NAMES,
  fault?: Fault<DataCenterEndpoint>,
) {
  const simulator = await startDataCenter({
    instance: instanceWithEverything(),
    contextPath: '/bitbucket',
    accounts: [
      {
        kind: 'userToken',
        name: 'volunteer',
        token: TOKEN,
        projectPermission: 'ADMIN',
        seesProject: key => key !== 'HIDE',
      },
    ],
    ...simulated,
  });
  const { baseUrl } = simulator;
  if (fault) {
    simulator.faults.add(fault);
  }
  const lines: string[] = [];
  await probe({ baseUrl, token: TOKEN, ...names }, line => lines.push(line));
  return { simulator, lines, text: lines.join('\n') };
}

const R = '/rest/api/latest/projects/{key}/repos/{slug}';

describe('probe', () => {
  it('answers every question in a line, with the request and its status', async () => {
    const { lines } = await run();
    expect(lines).toEqual([
      'A token is sent.',
      'Which version is it? 9.4.24 (GET /rest/api/latest/application-properties: 200)',
      'Are personal repositories in the list of all? yes (4 rows, limit 1000) (GET /rest/api/latest/repos?archived=ALL&limit=1000: 200)',
      'Do links begin with the address that was given? yes',
      'Are personal projects in the list of projects? none among the first 1 (GET /rest/api/latest/projects?limit=1000: 200)',
      'Are archived repositories in the list of a project? yes (GET /rest/api/latest/projects/{key}/repos?limit=1000: 200)',
      'Can the hashes of the mirror API be read? no exception is named (GET /rest/mirroring/latest/repos?limit=1&includeDefaultBranch=true: 409)',
      `Does branches/default give the head of the default branch? yes (GET ${R}/branches/default: 200)`,
      `Does default-branch name the same branch? yes (GET ${R}/default-branch: 200)`,
      `Do the commits of that branch begin with its head? yes (GET ${R}/commits?until={branch}&limit=1: 200)`,
      `Does commits/{id} take a short hash? yes (GET ${R}/commits/{id}: 200)`,
      `Are links and submodules in the list of files? link: yes; submodule: yes (GET ${R}/files?at={head}&limit=100000: 200)`,
      `Does raw send an ETag? no; ranges: none (GET ${R}/raw/{path}?at={head}: 200)`,
      `What is raw of a folder? ArgumentValidationException (GET ${R}/raw/{path}?at={head}: 400)`,
      `What is raw of a symbolic link? one line, as the path that it leads to is (GET ${R}/raw/{path}?at={head}: 200)`,
      `What type has a symbolic link? FILE (GET ${R}/browse/{path}?at={head}&type=true: 200)`,
      `What is raw of a submodule? ArgumentValidationException (GET ${R}/raw/{path}?at={head}: 400)`,
      `What type has a submodule? SUBMODULE (GET ${R}/browse/{path}?at={head}&type=true: 200)`,
      `What is raw of a file in Git LFS? the pointer (GET ${R}/raw/{path}?at={head}: 200)`,
      `What type has a file in Git LFS? FILE (GET ${R}/browse/{path}?at={head}&type=true: 200)`,
      `Does the old address of a repository lead to the new one? yes (GET ${R}: 307)`,
      `Does an address below it, too? yes (GET ${R}/branches/default: 307)`,
      `What answers for a repository that the token may not see? AuthorisationException (GET ${R}: 401)`,
      `What answers for a repository that does not exist? NoSuchRepositoryException (GET ${R}: 404)`,
      'Do answers about webhooks have the secret? no (0 webhooks) (GET /rest/api/latest/projects/{key}/webhooks?limit=100: 200)',
      'Which headers has a 429? No 429 came; none is provoked.',
      'How many responses have the headers of the log? X-AREQUESTID: 23, X-AUSERNAME: 23',
      expect.stringMatching(/^Not asked, since it takes a webhook: /),
      '23 requests were sent, all of them GET.',
    ]);
  });

  it('shows no token, no name and no content, and sends only GET', async () => {
    const { simulator, text } = await run();
    for (const secret of [TOKEN, 'PAY', 'api/', 'Confidential', TARGET]) {
      expect(text.replaceAll('/rest/api/', '')).not.toContain(secret);
    }
    const { entries } = simulator.requests;
    expect(new Set(entries.map(({ method }) => method))).toEqual(
      new Set(['GET']),
    );
    expect(entries.length).toBeLessThanOrEqual(30);
  });

  it.each<[string, Partial<DataCenterOptions>, string]>([
    [
      'hidden as 404',
      { quirks: { hiddenAs: 404 } },
      'may not see? NoSuchRepositoryException (GET /rest/api/latest/projects/{key}/repos/{slug}: 404)',
    ],
    [
      'no short hashes',
      { quirks: { shortHashes: false } },
      'take a short hash? no: NoSuchCommitException',
    ],
    [
      'personal projects listed',
      { quirks: { personalProjectsListed: true } },
      'in the list of projects? yes',
    ],
    [
      'no personal repositories',
      { quirks: { personalRepositoriesListed: false } },
      'in the list of all? none among the first rows (3 rows',
    ],
    [
      'no archived ones in projects',
      { quirks: { archivedInProjects: false } },
      'in the list of a project? no',
    ],
    [
      'no redirects',
      { quirks: { redirects: false } },
      'lead to the new one? no: NoSuchRepositoryException',
    ],
    [
      'another redirect',
      { quirks: { redirectStatus: 301 } },
      `lead to the new one? yes (GET ${R}: 301)`,
    ],
    [
      'no submodules in files',
      { quirks: { submodulesInFiles: false } },
      'list of files? link: yes; submodule: no',
    ],
    [
      'mirror hashes',
      { mirrorHashes: true },
      'mirror API be read? yes: contentHash, metadataHash',
    ],
    [
      'another base URL',
      { linkBaseUrl: 'https://old.example.com' },
      'address that was given? no',
    ],
    ['another version', { version: '8.19.1' }, 'Which version is it? 8.19.1'],
    [
      'no access',
      { accounts: [] },
      'Which version is it? IncorrectPasswordAuthenticationException (',
    ],
  ])('tells instances apart: %s', async (_, options, line) => {
    expect((await run(options)).text).toContain(line);
  });

  it('says whether answers about webhooks have the secret', async () => {
    const instance = instanceWithEverything();
    instance.hooks.add(instance.project('PAY'), {
      url: 'https://portal.example/hook',
      events: ['repo:refs_changed'],
      secret: 'of-the-webhook',
    });
    const { text } = await run({ instance, quirks: { secretsShown: true } });
    expect(text).toContain('have the secret? yes (1 webhooks)');
    expect(text).not.toContain('of-the-webhook');
  });

  it('shows the headers of a 429 that comes by itself', async () => {
    const rateLimit = { capacity: 5, fillRate: 0.01, retryAfter: true };
    const { text } = await run({ rateLimit });
    expect(text).toMatch(/^Which headers has a 429\? retry-after: \d+/m);
  });

  it('finds a repository by itself, and says what it needs to be named', async () => {
    const { text } = await run({}, {});
    expect(text).toContain('give the head of the default branch? yes');
    expect(text).toContain(
      'lead to the new one? Not asked: name one with --old-repository.',
    );
    expect(text).toContain(
      'raw of a submodule? Not asked: name one with --submodule.',
    );
  });

  it('ends with a line for each question where nothing answers', async () => {
    const lines: string[] = [];
    const baseUrl = `http://127.0.0.1:${await freePort()}`;
    await probe({ baseUrl }, line => lines.push(line));
    expect(lines.slice(0, 2)).toEqual([
      'No token is set, so that only what everybody may see is asked for.',
      'Which version is it? Not answered: no answer came (ECONNREFUSED).',
    ]);
    expect(lines).toHaveLength(29);
  });

  it.each<[string, Fault<DataCenterEndpoint>, string]>([
    [
      'an answer that breaks off',
      { kind: 'dropSocket', when: 'inBody', endpoint: 'repositories' },
      'in the list of all? Not answered: the answer broke off (',
    ],
    [
      'the form of a login',
      wrong.htmlPage({ endpoint: 'repositories' }),
      'in the list of all? Not answered: the response, with 200, is not JSON.',
    ],
    [
      'a refusal of the list of all',
      { kind: 'status', status: 401, endpoint: 'repositories' },
      'in the list of all? no exception is named (GET /rest/api/latest/repos?archived=ALL&limit=1000: 401)',
    ],
    [
      'a refusal of the list of a project',
      { kind: 'status', status: 401, endpoint: 'projectRepositories' },
      'in the list of a project? no exception is named (',
    ],
    [
      'a page of the list of a project that is not the last one',
      {
        kind: 'json',
        endpoint: 'projectRepositories',
        change: page => ({
          ...(page as object),
          values: [],
          isLastPage: false,
        }),
      },
      'in the list of a project? not on the first page (',
    ],
    [
      'a redirect to the form of a login',
      {
        kind: 'redirect',
        location: '/bitbucket/login?next=/rest/api',
        path: /before$/,
      },
      'lead to the new one? no: to another page (',
    ],
  ])('does not take %s for an answer, and goes on', async (_, fault, line) => {
    const { text } = await run({}, NAMES, fault);
    expect(text).toContain(line);
    expect(text).toContain(' requests were sent, all of them GET.');
  });
});

describe('parseOptions', () => {
  it('reads an address, and the token from a variable', () => {
    expect(
      parseOptions(
        ['https://git.example.com/bitbucket/rest/api/latest', '--token-env=T'],
        { T: TOKEN },
      ),
    ).toMatchObject({
      baseUrl: 'https://git.example.com/bitbucket',
      token: TOKEN,
    });
    expect(parseOptions(['--help'], {})).toBeUndefined();
  });

  it.each([
    [[], 'Name the instance'],
    [['git.example.com'], 'Name the instance'],
    [['http://git.example.com'], 'must begin with https://'],
    [['https://jane:pw@git.example.com'], 'without a user name'],
    [['https://git.example.com', '--repository=api'], 'such as PAY/api'],
    [['https://git.example.com', '--tokn-env=T'], "'--tokn-env'"],
  ])('refuses %j', (args, message) => {
    const parse = () => parseOptions(args, {});
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });
});
