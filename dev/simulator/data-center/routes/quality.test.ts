import { bearer, send } from '../../../../testing/simulator';
import { API, REST, startPay } from '../../../../testing/simulator/pay';

const REPORT = {
  title: 'Catalog',
  details: 'Two findings',
  result: 'FAIL',
  reporter: 'Backstage',
  link: 'https://portal.example.com/runs/1',
  data: [{ title: 'Files', type: 'NUMBER', value: 2 }],
};
const ANNOTATION = {
  message: 'Wrong',
  severity: 'HIGH',
  path: 'a.txt',
  line: 1,
};

async function startCommit() {
  const world = await startPay({
    accounts: ['one', 'two'].map(name => ({
      kind: 'userToken',
      name,
      token: name,
    })),
  });
  const { simulator, api } = world;
  const commit = `commits/${api.head?.hash}`;
  const ask = (method: string, path: string, body?: object, token = 'one') =>
    send(simulator, method, path, body, bearer(token));
  return {
    ...world,
    ask,
    builds: `${API}/${commit}/builds`,
    report: `${API.replace(REST, '/rest/insights/latest')}/${commit}/reports/catalog`,
  };
}

describe('reports', () => {
  it('are made, replaced and removed', async () => {
    const { ask, report } = await startCommit();
    const made = await ask('PUT', report, REPORT);
    expect(made).toMatchObject({
      status: 200,
      json: { ...REPORT, key: 'catalog', createdDate: expect.any(Number) },
    });
    await ask('PUT', report, { ...REPORT, result: 'PASS' });
    expect((await ask('GET', report)).json).toMatchObject({ result: 'PASS' });
    const list = await ask('GET', report.replace('/catalog', ''));
    expect(list.json).toMatchObject({ size: 1 });
    expect((await ask('DELETE', report)).status).toBe(204);
    expect((await ask('GET', report)).status).toBe(404);
  });

  it('are replaced by their makers alone', async () => {
    const { ask, report } = await startCommit();
    await ask('PUT', report, REPORT);
    expect((await ask('PUT', report, REPORT, 'two')).status).toBe(401);
  });

  it.each([
    { title: 'x'.repeat(451) },
    { details: 'x'.repeat(2_001) },
    { result: 'PASSED' },
    { link: '/runs/1' },
    { data: Array(7).fill({ title: 'Files', value: 1 }) },
    { data: undefined },
  ])('refuse %j', async change => {
    const { ask, report } = await startCommit();
    expect((await ask('PUT', report, { ...REPORT, ...change })).status).toBe(
      400,
    );
  });

  it('have annotations, of which none is taken for another', async () => {
    const { ask, report } = await startCommit();
    const path = `${report}/annotations`;
    const annotations = [{ ...ANNOTATION, externalId: 'a' }];
    expect((await ask('POST', path, { annotations })).status).toBe(404);
    await ask('PUT', report, REPORT);
    expect((await ask('POST', path, { annotations })).status).toBe(204);
    await ask('POST', path, { annotations });
    await ask('POST', path, { annotations: [ANNOTATION] });
    expect((await ask('GET', path)).json).toMatchObject({
      annotations: [{ externalId: 'a' }, { externalId: 'a' }, ANNOTATION],
    });
    await ask('DELETE', `${path}?externalId=a`);
    const ofCommit = report.replace('reports/catalog', 'annotations');
    expect((await ask('GET', ofCommit)).json).toMatchObject({
      annotations: [{ ...ANNOTATION, reportKey: 'catalog' }],
    });
    await ask('DELETE', path);
    expect((await ask('GET', path)).json).toEqual({ annotations: [] });
  });

  it('take all annotations of a request or none', async () => {
    const { ask, report } = await startCommit();
    const path = `${report}/annotations`;
    await ask('PUT', report, REPORT);
    for (const annotations of [
      [ANNOTATION, { ...ANNOTATION, message: 'x'.repeat(2_001) }],
      [ANNOTATION, { ...ANNOTATION, severity: 'CRITICAL' }],
      Array(1_001).fill(ANNOTATION),
      [],
    ]) {
      expect((await ask('POST', path, { annotations })).status).toBe(400);
    }
    expect((await ask('GET', path)).json).toEqual({ annotations: [] });
    const most = { annotations: Array(1_000).fill(ANNOTATION) };
    expect((await ask('POST', path, most)).status).toBe(204);
  });
});

describe('build statuses', () => {
  const BUILD = {
    key: 'catalog',
    state: 'INPROGRESS',
    url: 'https://portal.example.com/runs/1',
    ref: 'refs/heads/main',
  };

  it('are replaced by their keys', async () => {
    const { ask, builds } = await startCommit();
    expect((await ask('POST', builds, BUILD)).status).toBe(204);
    await ask('POST', builds, { ...BUILD, state: 'FAILED' });
    const path = `${builds}?key=catalog`;
    expect((await ask('GET', path)).json).toMatchObject({ state: 'FAILED' });
    expect((await ask('GET', `${builds}?key=none`)).status).toBe(404);
    expect((await ask('GET', builds)).status).toBe(400);
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('GET', path)).status).toBe(404);
  });

  it.each([
    { key: 'x'.repeat(256) },
    { url: `https://example.com/${'x'.repeat(450)}` },
    { url: '/runs/1' },
    { state: 'STOPPED' },
    { ref: 'main' },
  ])('refuse %j', async change => {
    const { ask, builds } = await startCommit();
    const { status } = await ask('POST', builds, { ...BUILD, ...change });
    expect(status).toBe(400);
  });
});
