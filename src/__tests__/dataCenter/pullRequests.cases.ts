import {
  componentFile,
  DatabaseServer,
  describeWorld,
  until,
} from '../../../testing';
import { BROKEN, CheckedProject, VALID } from './CheckedProject';
import { FILE, TOKEN } from './OneInstance';

/** Is opened once the target branch has moved. */
const LATE = {
  [FILE]: componentFile('api').replace('type: service', 'type: library'),
};

/** What a pull request changes, and the requests that its check takes. */
const CASES: Record<
  string,
  { files: Record<string, string | null>; requests: string[] }
> = {
  'no-catalog-file': {
    files: { 'README.md': 'Read this.' },
    requests: ['GET pullRequestChanges'],
  },
  'feature/valid': {
    files: VALID,
    requests: [
      'GET pullRequestChanges',
      'GET pullRequest',
      'GET raw',
      'PUT report',
    ],
  },
  invalid: {
    files: BROKEN,
    requests: [
      'GET pullRequestChanges',
      'GET pullRequest',
      'GET raw',
      'PUT report',
      // Unlike on Bitbucket Cloud, those of an earlier report would stay.
      'DELETE annotations',
      'POST annotations',
      'POST builds',
      'POST comments',
    ],
  },
  deleted: {
    files: { [FILE]: null },
    requests: [
      'GET pullRequestChanges',
      'GET pullRequest',
      'PUT report',
      'DELETE annotations',
      'POST annotations',
      'POST comments',
    ],
  },
};

async function start(databases: DatabaseServer): Promise<CheckedProject> {
  const branches = Object.entries(CASES).map(([branch, { files }]) => [
    branch,
    files,
  ]);
  const world = await CheckedProject.start(
    databases,
    Object.fromEntries(branches),
  );
  world.push('late', LATE);
  await world.hasOutcomes({ failed: 1, irrelevant: 1, passed: 3 });
  return world;
}

/** One backend and one project, and a pull request of its own for each case. */
describeWorld('a pull request of Bitbucket Data Center', start, world => {
  it.each(Object.entries(CASES))(
    'costs no more than what is to be known of it: %s',
    (branch, { requests }) => {
      expect(world().requestsOf(branch)).toEqual(requests);
    },
  );

  it('gets nothing where no catalog file is touched', () => {
    expect(world().reportOf('no-catalog-file')).toBeUndefined();
    expect(world().commentsOf('no-catalog-file')).toEqual([]);
  });

  it('gets a report without annotations where all is valid', () => {
    const { content, annotations } = world().reportOf('feature/valid');
    expect(content).toMatchObject({
      title: 'Backstage catalog',
      result: 'PASS',
      details: expect.stringContaining(
        'changes component:default/api (spec.lifecycle)',
      ),
    });
    expect(annotations).toEqual([]);
    expect(world().buildsOf('feature/valid')).toEqual([]);
    expect(world().commentsOf('feature/valid')).toEqual([]);
  });

  it('that breaks a catalog file gets annotations, a failed build and a comment', () => {
    const { content, annotations } = world().reportOf('invalid');
    expect(content.result).toBe('FAIL');
    expect(annotations).toEqual([
      expect.objectContaining({
        path: FILE,
        line: 4,
        severity: 'HIGH',
        message: expect.stringContaining('not a name'),
      }),
      expect.objectContaining({
        severity: 'MEDIUM',
        message: expect.stringContaining('component:default/api'),
      }),
    ]);
    expect(world().buildsOf('invalid')).toEqual(['FAILED']);
    expect(world().commentsOf('invalid')).toHaveLength(1);
  });

  it('has a page and JSON that need no sign-in, and show no secret', async () => {
    const page = await world().pageOf('invalid');
    const html = await fetch(page);
    expect(html.headers.get('content-security-policy')).toContain(
      "default-src 'none'",
    );
    const text = await html.text();
    expect(text).toContain('catalog-info.yaml');
    expect(text).toContain('PAY/api');
    expect(text).not.toContain(TOKEN);
    const json = await (await fetch(`${page}.json`)).json();
    expect(json).toMatchObject({ runs: [{ outcome: 'failed' }] });
  });

  it('warns of what a deleted file removes', () => {
    const { content, annotations } = world().reportOf('deleted');
    expect(content.result).toBe('PASS');
    expect(annotations).toEqual([
      expect.objectContaining({
        severity: 'MEDIUM',
        message: expect.stringContaining('component:default/api'),
      }),
    ]);
  });

  it('from a fork is read there, and gets a report and no build status', () => {
    const { repository } = world().pullRequest('fork').source;
    expect(repository.slug).toBe('fork');
    expect(world().reportOf('fork').content.result).toBe('PASS');
    expect(world().buildsOf('fork')).toEqual([]);
  });

  it('that is a draft is left alone where drafts are not to be checked', () => {
    expect(world().requestsOf('draft')).toEqual([]);
    expect(world().reportOf('draft')).toBeUndefined();
  });

  describe('after its report', () => {
    beforeAll(async () => {
      world().simulator.requests.clear();
      const project = world().instance.project('PAY');
      const { pullRequests } = project;
      pullRequests.update(world().pullRequest('feature/valid'), {
        title: 'Other',
      });
      pullRequests.update(world().pullRequest('draft'), { draft: false });
      pullRequests.decline(world().pullRequest('deleted'));
      project.push('api', VALID, { branch: 'invalid' });
      await world().hasOutcomes({ failed: 2, irrelevant: 1, passed: 4 });
    });

    it('costs nothing where its title has changed, or it is declined', () => {
      expect(world().requestsOf('feature/valid')).toEqual([]);
      expect(world().requestsOf('deleted')).toEqual([]);
    });

    it('is checked once it is not a draft any more', () => {
      expect(world().reportOf('draft').content.result).toBe('FAIL');
    });

    it('passes once a push has repaired the file', () => {
      expect(world().reportOf('invalid').content.result).toBe('PASS');
      expect(world().reportOf('invalid').annotations).toEqual([]);
      expect(world().commentsOf('invalid')).toHaveLength(1);
      expect(world().commentsOf('invalid')[0].raw).not.toContain('not a name');
    });

    it('shows what the catalog has ingested after the merge', async () => {
      const page = await world().pageOf('invalid');
      world()
        .instance.project('PAY')
        .pullRequests.merge(world().pullRequest('invalid'));
      await until(async () => {
        const { merge } = (await (await fetch(`${page}.json`)).json()) as {
          merge?: { entities: { state: string }[] };
        };
        return merge?.entities.every(({ state }) => state === 'done') ?? false;
      }, 'the change to be in the catalog');
      const [api] = await world().backend.entities('component');
      expect(api.spec?.lifecycle).toBe('deprecated');
    });

    it('says that the target branch has changed the same file, for no request', async () => {
      world().open('late', {});
      await until(
        async () => world().reportOf('late') !== undefined,
        'the report of the late pull request',
      );
      expect(world().reportOf('late').content).toMatchObject({
        result: 'PASS',
        details: expect.stringContaining(
          'main has changed catalog-info.yaml too since this pull request branched off',
        ),
      });
      expect(world().reportOf('late').annotations).toEqual([]);
      expect(world().requestsOf('late')).toEqual(
        CASES['feature/valid'].requests,
      );
    });
  });

  it('gets one comment although the response to the first was lost', async () => {
    world().simulator.faults.add({
      endpoint: 'comments',
      method: 'POST',
      kind: 'dropSocket',
      when: 'inBody',
      times: 1,
    });
    world().open('lost', BROKEN);
    await until(
      async () => 'waiting' in (await world().outcomes()),
      'the run to fail',
    );
    expect(world().commentsOf('lost')).toHaveLength(1);
    world().simulator.requests.clear();
    const page = await world().pageOf('lost');
    expect(world().requestsOf('lost')).toContain('GET activities');
    expect(world().requestsOf('lost')).not.toContain('POST comments');
    expect(world().commentsOf('lost')).toHaveLength(1);
    expect(await (await fetch(`${page}.json`)).json()).toMatchObject({
      runs: [
        {
          outcome: 'failed',
          posted: expect.arrayContaining([
            expect.objectContaining({ what: 'comment', outcome: 'posted' }),
          ]),
        },
      ],
    });
  });
});
