import { componentFile } from '../../testing/entities';
import { RunsWorld } from '../../testing/workspace/startRuns';

const location = (target: string) => `apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: apis
spec:
  target: ${target}
`;

describe('a run of a Location with wildcards', () => {
  let world: RunsWorld;

  beforeEach(async () => {
    world = await RunsWorld.start();
  });
  afterEach(() => world.stop());

  async function check(target: string, files: Record<string, string>) {
    const pullRequest = world.openPullRequest({
      'catalog-info.yaml': location(target),
      ...files,
    });
    await world.deliver(world.eventOf(pullRequest));
    const requests = world.requests();
    const { runs } = await world.record(pullRequest);
    const { findings, files: checked } = runs[0].result!;
    return { requests, findings, checked: checked.map(({ path }) => path) };
  }

  it('checks the files that it finds, with one request for their list', async () => {
    const { requests, findings, checked } = await check('./apis/*/info.yaml', {
      'apis/a/info.yaml': componentFile('a'),
      'apis/b/info.yaml': componentFile('not a name'),
      'apis/b/other.yaml': componentFile('other'),
    });
    expect(checked).toEqual([
      'catalog-info.yaml',
      'apis/a/info.yaml',
      'apis/b/info.yaml',
    ]);
    expect(findings).toMatchObject([
      { rule: 'schema', path: 'apis/b/info.yaml', line: 4 },
    ]);
    expect(requests.filter(one => one === 'GET src')).toHaveLength(1 + 1 + 2);
  });

  it('gives up a listing of many requests, and says so', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`apis/${index}.yaml`, '']),
    );
    const { requests, findings } = await check('./**/*', files);
    expect(findings).toContainEqual(
      expect.objectContaining({
        rule: 'unchecked',
        message:
          './**/* was not checked, since it takes too many requests to find what it matches.',
      }),
    );
    expect(requests.filter(one => one === 'GET src').length).toBeLessThan(9);
  });
});

describe('a run of targets of a Location that stays as it is', () => {
  let world: RunsWorld;

  beforeEach(async () => {
    world = await RunsWorld.start({
      files: { 'catalog-info.yaml': location('./parts/a.yaml') },
    });
    await world.pushToMain({ 'parts/a.yaml': componentFile('a') });
    await world.hasEntity('location:default/apis', {
      path: 'catalog-info.yaml',
      reads: 'parts/a.yaml',
    });
    await world.hasEntity('component:default/a', { path: 'parts/a.yaml' });
  });
  afterEach(() => world.stop());

  async function check(files: Record<string, string | null>) {
    const pullRequest = world.openPullRequest(files);
    await world.deliver(world.eventOf(pullRequest));
    const { runs } = await world.record(pullRequest);
    return { requests: world.requests(), result: runs[0].result! };
  }

  it('says that the catalog keeps what a deleted target has', async () => {
    const { result } = await check({ 'parts/a.yaml': null });
    expect(result.plan).toEqual([]);
    expect(result.findings).toMatchObject([
      {
        rule: 'target',
        severity: 'error',
        path: 'catalog-info.yaml',
        line: 6,
      },
    ]);
  });

  it('reads the file of the Location, and does not count it where all is well', async () => {
    const { result, requests } = await check({
      'parts/a.yaml': componentFile('a', 'deprecated'),
    });
    expect(result.plan).toMatchObject([{ action: 'change' }]);
    expect(result.files.map(({ path }) => path)).toEqual(['parts/a.yaml']);
    expect(requests).toEqual([
      'GET diffstat',
      'GET pullrequest',
      'GET src',
      'GET src',
      'PUT report',
    ]);
  });
});
