import { componentFile } from '../../testing/entities';
import { RunsOptions, RunsWorld } from '../../testing/workspace/startRuns';

const FILE = 'catalog-info.yaml';
const INVALID = { [FILE]: componentFile('not a name') };

/** Files that come before the catalog file in the list. */
const others = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`a/${index}.txt`, 'x']),
  );

describe('a run of a pull request with many files', () => {
  let world: RunsWorld;

  afterEach(() => world.stop());

  async function run(files: Record<string, string>, options: RunsOptions = {}) {
    world = await RunsWorld.start(options);
    const pullRequest = world.openPullRequest(files);
    await world.deliver(world.eventOf(pullRequest));
    const { runs } = await world.record(pullRequest);
    return {
      run: runs[0],
      lists: world.requests().filter(one => one === 'GET diffstat').length,
      report: world.reportOf(pullRequest)?.content,
      pullRequest,
    };
  }

  it('asks for the catalog file by its path, with one more request', async () => {
    const { run: found, lists } = await run({ ...others(3_000), ...INVALID });
    expect(found).toMatchObject({ outcome: 'failed' });
    expect(found.result!.findings.map(({ rule }) => rule)).toEqual(['schema']);
    expect(found.touchedFiles).toBeUndefined();
    expect(lists).toBe(2);
  });

  it('reads the next page where wildcards decide', async () => {
    const { run: found, lists } = await run(
      { ...others(800), ...INVALID },
      { catalogPaths: ['/**/*.yaml'] },
    );
    expect(found.outcome).toBe('failed');
    expect(found.touchedFiles).toBe(801);
    expect(lists).toBe(2);
  });

  it('says that not all were looked at where there are more than two pages', async () => {
    const {
      run: found,
      lists,
      report,
    } = await run(
      { '0.yaml': componentFile('early'), ...others(3_000), ...INVALID },
      { catalogPaths: ['/**/*.yaml'] },
    );
    expect(lists).toBe(2);
    expect(found.outcome).toBe('passed');
    expect(report?.details).toBe(
      '1 catalog file is valid. Merging adds component:default/early. The pull request changes too many files: only the first 1,000 files were looked at, and catalog files among the others were not checked.',
    );
  });

  it('posts nothing, and says in the log why, where none of those is a catalog file', async () => {
    const { run: found, report } = await run(
      { ...others(3_000), ...INVALID },
      { catalogPaths: ['/**/*.yaml'] },
    );
    expect(found.outcome).toBe('irrelevant');
    expect(report).toBeUndefined();
    expect(world.logger.lines).toContainEqual({
      level: 'info',
      message: expect.stringContaining(
        'irrelevant: The pull request changes too many files: only the first 1,000 files were looked at',
      ),
    });
  });

  it('does not call fixed what an earlier commit had where not all were looked at', async () => {
    const { pullRequest } = await run(INVALID, {
      catalogPaths: ['/**/*.yaml'],
      pullRequests: { comment: true },
    });
    world.account.scopes!.push('write:pullrequest:bitbucket');
    world.push({ [FILE]: componentFile('not a name', 'deprecated') });
    await world.deliver(world.eventOf(pullRequest));
    const [comment] = pullRequest.comments;
    expect(comment.raw).toContain('1 error');
    world.push(others(3_000));
    await world.deliver(world.eventOf(pullRequest));
    expect((await world.outcomes(pullRequest))[0]).toBe('irrelevant');
    expect(comment.raw).toContain('1 error');
  });
});
