import { componentFile } from '../../testing/entities';
import { RunsWorld } from '../../testing/workspace/startRuns';

const FILE = 'catalog-info.yaml';

const documents = (...texts: string[]) => texts.join('---\n');

describe('a run where the destination has moved', () => {
  let world: RunsWorld;

  afterEach(() => world.stop());

  async function start(files: Record<string, string>): Promise<void> {
    world = await RunsWorld.start({ files, catalogPaths: ['/*.yaml'] });
  }

  /** The catalog has ingested components of a file. */
  async function has(path: string, ...names: string[]): Promise<void> {
    for (const name of names) {
      await world.hasEntity(`component:default/${name}`, { path });
    }
  }

  it('says that the destination has changed the same file, and plans what the merge changes', async () => {
    await start({ [FILE]: documents(componentFile('a'), componentFile('b')) });
    const pullRequest = world.openPullRequest({
      [FILE]: documents(componentFile('a', 'deprecated'), componentFile('b')),
    });
    await world.pushToMain({
      [FILE]: documents(
        componentFile('a').replace('team-a', 'team-b'),
        componentFile('b', 'experimental'),
        componentFile('later'),
      ),
    });
    await has(FILE, 'a', 'b', 'later');
    await world.deliver(world.eventOf(pullRequest));
    // The second file is what it was when the pull request branched off.
    expect(world.requests()).toEqual([
      'GET diffstat',
      'GET pullrequest',
      'GET src',
      'GET src',
      'PUT report',
    ]);
    const { runs } = await world.record(pullRequest);
    expect(runs[0].result!.plan).toEqual([
      {
        entityRef: 'component:default/a',
        action: 'change',
        path: FILE,
        fields: ['spec.lifecycle'],
      },
    ]);
    const { content } = world.reportOf(pullRequest)!;
    expect(content).toMatchObject({
      result: 'PASSED',
      details:
        '1 catalog file is valid. Merging changes component:default/a (spec.lifecycle). main has changed catalog-info.yaml too since this pull request branched off.',
    });
    const logged = world.logger.lines.map(({ message }) => message);
    expect(logged).toContainEqual(
      expect.stringContaining(
        'passed, no problem in 1 catalog file; main has changed catalog-info.yaml too since this pull request branched off; 5 requests',
      ),
    );
  });

  it('says what the pull request removes although the destination has changed the file', async () => {
    await start({ [FILE]: documents(componentFile('a'), componentFile('b')) });
    const pullRequest = world.openPullRequest({ [FILE]: componentFile('a') });
    await world.pushToMain({
      [FILE]: documents(
        componentFile('a', 'experimental'),
        componentFile('b'),
        componentFile('later'),
      ),
    });
    await has(FILE, 'a', 'b', 'later');
    await world.deliver(world.eventOf(pullRequest));
    const { runs } = await world.record(pullRequest);
    expect(runs[0].result!.plan).toMatchObject([
      { entityRef: 'component:default/b', action: 'remove' },
    ]);
  });

  it('asks once which of several files the destination has changed, and takes nothing of them for removed', async () => {
    const files = {
      'a.yaml': documents(componentFile('a'), componentFile('gone')),
      'b.yaml': componentFile('b'),
      'c.yaml': documents(componentFile('c'), componentFile('removed')),
    };
    await start(files);
    const pullRequest = world.openPullRequest({
      'a.yaml': documents(componentFile('a', 'deprecated')),
      'b.yaml': componentFile('b', 'deprecated'),
      'c.yaml': componentFile('c'),
    });
    await world.pushToMain({
      'a.yaml': documents(files['a.yaml'], componentFile('later')),
      'README.md': 'Moved on.',
    });
    await has('a.yaml', 'a', 'gone', 'later');
    await has('b.yaml', 'b');
    await has('c.yaml', 'c', 'removed');
    await world.deliver(world.eventOf(pullRequest));
    const requests = world.requests();
    expect(requests.filter(one => one === 'GET diffstat')).toHaveLength(2);
    const { runs } = await world.record(pullRequest);
    const { plan, findings } = runs[0].result!;
    expect(plan.filter(({ action }) => action === 'remove')).toMatchObject([
      { entityRef: 'component:default/removed', path: 'c.yaml' },
    ]);
    expect(findings.filter(({ rule }) => rule === 'merge')).toMatchObject([
      {
        path: 'a.yaml',
        severity: 'note',
        message:
          'main has changed a.yaml too since this pull request branched off, so what merging changes in it is not certain.',
      },
    ]);
  });

  it('asks nothing more where the destination has changed other files alone', async () => {
    await start({ [FILE]: componentFile('a'), 'b.yaml': componentFile('b') });
    const pullRequest = world.openPullRequest({
      [FILE]: componentFile('a', 'deprecated'),
    });
    await world.pushToMain({ 'b.yaml': componentFile('b', 'deprecated') });
    await world.deliver(world.eventOf(pullRequest));
    const { runs } = await world.record(pullRequest);
    expect(runs[0].result!.findings).toEqual([]);
    expect(world.requests()).toHaveLength(5);
  });

  it('says so where the destination has added the same file', async () => {
    await start({ [FILE]: componentFile('a') });
    const pullRequest = world.openPullRequest({ 'b.yaml': componentFile('b') });
    await world.pushToMain({ 'b.yaml': componentFile('later') });
    await has('b.yaml', 'later');
    await world.deliver(world.eventOf(pullRequest));
    const { runs } = await world.record(pullRequest);
    const { plan, findings } = runs[0].result!;
    expect(findings.map(({ message }) => message)).toEqual([
      'main has changed b.yaml too since this pull request branched off.',
    ]);
    expect(plan).toMatchObject([
      { entityRef: 'component:default/b', action: 'add' },
    ]);
  });

  it('says so of a file that the pull request deletes', async () => {
    await start({ [FILE]: componentFile('a'), 'b.yaml': componentFile('b') });
    const pullRequest = world.openPullRequest({ 'b.yaml': null });
    await world.pushToMain({ 'b.yaml': componentFile('b', 'deprecated') });
    await has('b.yaml', 'b');
    await world.deliver(world.eventOf(pullRequest));
    const { runs } = await world.record(pullRequest);
    expect(runs[0].result!.findings).toMatchObject([
      { rule: 'removal', severity: 'warning' },
      {
        rule: 'merge',
        message: 'main has changed b.yaml, which this pull request deletes.',
      },
    ]);
  });
});
