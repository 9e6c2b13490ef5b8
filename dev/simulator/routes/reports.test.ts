import { ask, send, startShop } from '../../../testing/simulator';

const SHOP = '/2.0/repositories/acme/shop';

const REPORT = {
  title: 'Catalog',
  details: 'Two findings',
  report_type: 'TEST',
  result: 'FAILED',
};

const annotation = (id: string | number, extra: object = {}) => ({
  external_id: `finding-${id}`,
  annotation_type: 'BUG',
  summary: `Finding ${id}`,
  ...extra,
});

const annotations = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => annotation(from + index));

async function startAcme() {
  const { simulator, hash, commit } = await startShop();
  const reports = `${commit}/reports`;
  return { simulator, hash, reports, report: `${reports}/checks` };
}

describe('reports of a commit', () => {
  it('are put, read, listed and deleted', async () => {
    const { simulator, reports, report } = await startAcme();
    const made = await send(simulator, 'PUT', report, REPORT);
    expect(made).toMatchObject({
      status: 200,
      json: {
        type: 'report',
        uuid: expect.stringMatching(/^\{.+\}$/),
        external_id: 'checks',
        ...REPORT,
      },
    });
    const { uuid } = made.json as { uuid: string };
    for (const id of ['checks', encodeURIComponent(uuid)]) {
      const { json } = await send(simulator, 'GET', `${reports}/${id}`);
      expect(json).toEqual(made.json);
    }
    const list = await send(simulator, 'GET', reports);
    expect(list.json).toMatchObject({ size: 1, values: [made.json] });

    expect((await send(simulator, 'DELETE', report)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      expect((await send(simulator, method, report)).status).toBe(404);
    }
  });

  it('are replaced by the next one of the same id, but for their annotations', async () => {
    const { simulator, report } = await startAcme();
    const data = [{ title: 'Files', type: 'NUMBER', value: 3 }];
    await send(simulator, 'PUT', report, { ...REPORT, data });
    await send(simulator, 'POST', `${report}/annotations`, annotations(2));
    const { json } = await send(simulator, 'PUT', report, {
      ...REPORT,
      result: 'PASSED',
    });
    expect(json).toMatchObject({ result: 'PASSED' });
    expect(json).not.toHaveProperty('data');
    const list = await send(simulator, 'GET', `${report}/annotations`);
    expect(list.json).toMatchObject({ size: 2 });
  });

  it.each([
    ['http://localhost:7007/run/1'],
    ['https://backstage/run/1'],
    ['/run/1'],
  ])('are lost for the link %s', async link => {
    const { simulator, report } = await startAcme();
    expect(
      await send(simulator, 'PUT', report, { ...REPORT, link }),
    ).toMatchObject({
      status: 400,
      json: { code: 400, message: 'link is not a valid URL' },
    });
    expect((await send(simulator, 'GET', report)).status).toBe(404);
    const linked = { ...REPORT, link: 'https://backstage.example.com/run/1' };
    expect((await send(simulator, 'PUT', report, linked)).json).toMatchObject(
      linked,
    );
  });

  it('have ten fields of data at most', async () => {
    const { simulator, report } = await startAcme();
    const field = { title: 'Files', type: 'NUMBER', value: 3 };
    const put = (count: number) =>
      send(simulator, 'PUT', report, {
        ...REPORT,
        data: Array(count).fill(field),
      });
    expect((await put(11)).status).toBe(400);
    expect((await put(10)).status).toBe(200);
  });

  it.each([
    ['BOOLEAN', true, 'true'],
    ['DATE', 1_790_000_000_000, '2026-10-01'],
    ['DURATION', 1400, '1.4 s'],
    ['LINK', { text: 'Log', href: 'https://example.com' }, 'https://a.example'],
    ['NUMBER', 3, '3'],
    ['PERCENTAGE', 12.5, 101],
    ['TEXT', 'main', 3],
    [undefined, 'main', { text: 'main' }],
  ])('have data of type %s', async (type, right, wrong) => {
    const { simulator, report } = await startAcme();
    const put = (value: unknown) =>
      send(simulator, 'PUT', report, {
        ...REPORT,
        data: [{ title: 'x', type, value }],
      });
    expect((await put(right)).status).toBe(200);
    expect((await put(wrong)).status).toBe(400);
  });

  it.each([
    ['title', { title: undefined }],
    ['report_type', { report_type: 'LINT' }],
    ['result', { result: 'SUCCESSFUL' }],
  ])('are refused with another %s', async (field, change) => {
    const { simulator, report } = await startAcme();
    expect(
      await send(simulator, 'PUT', report, { ...REPORT, ...change }),
    ).toMatchObject({
      status: 400,
      json: { code: 400, message: expect.stringMatching(`^${field} `) },
    });
  });

  it.each([
    ['an abbreviated hash', (hash: string) => hash.slice(0, 12)],
    ['another commit', () => '0'.repeat(40)],
  ])('are not found under %s', async (_, change) => {
    const { simulator, hash } = await startAcme();
    const path = `${SHOP}/commit/${change(hash)}/reports/checks`;
    expect((await send(simulator, 'PUT', path, REPORT)).status).toBe(404);
  });

  it('are made by those only who say who they are', async () => {
    const { simulator, report } = await startAcme();
    expect((await ask(simulator, report, { method: 'PUT' })).status).toBe(401);
  });
});

describe('annotations of a report', () => {
  async function startWithReport() {
    const world = await startAcme();
    const { simulator, report } = world;
    await send(simulator, 'PUT', report, REPORT);
    const path = `${report}/annotations`;
    const post = (body: object) => send(simulator, 'POST', path, body);
    const list = async () =>
      (await send(simulator, 'GET', `${path}?pagelen=100`)).json;
    return { ...world, path, post, list };
  }

  it('are added, replaced by their ids, and never taken away', async () => {
    const { post, list } = await startWithReport();
    const place = { path: 'a', line: 1, severity: 'HIGH' };
    const { status, json } = await post([annotation(1, place), annotation(2)]);
    expect(status).toBe(200);
    expect(json).toMatchObject([
      {
        type: 'report_annotation',
        uuid: expect.any(String),
        ...annotation(1, place),
      },
      annotation(2),
    ]);
    await post([annotation(2, { summary: 'Other' }), annotation(3)]);
    expect(await list()).toMatchObject({
      size: 3,
      values: [
        annotation(1, place),
        annotation(2, { summary: 'Other' }),
        annotation(3),
      ],
    });
  });

  it('go with their report', async () => {
    const { simulator, report, path, post, list } = await startWithReport();
    await post(annotations(2));
    await send(simulator, 'DELETE', report);
    expect((await send(simulator, 'GET', path)).status).toBe(404);
    expect((await post(annotations(1))).status).toBe(404);
    await send(simulator, 'PUT', report, REPORT);
    expect(await list()).toMatchObject({ size: 0 });
  });

  it('are at most 100 in one request, which is refused in another shape', async () => {
    const { post, list } = await startWithReport();
    expect(await post(annotations(101))).toMatchObject({
      status: 400,
      json: {
        code: 400,
        message: 'Bulk upload supports a maximum of /100 annotations.',
      },
    });
    expect(await list()).toMatchObject({ size: 0 });
    expect((await post(annotations(100))).status).toBe(200);
  });

  it('are at most 1,000 in one report', async () => {
    const { post, list } = await startWithReport();
    for (let from = 0; from < 1_000; from += 100) {
      expect((await post(annotations(100, from))).status).toBe(200);
    }
    expect((await post(annotations(1, 1_000))).status).toBe(400);
    expect((await post(annotations(100))).status).toBe(200);
    expect(await list()).toMatchObject({ size: 1_000 });
  });

  it.each([
    ['none', []],
    ['a body that is not a list', annotation(1)],
    ['an id twice', [annotation(1), annotation(1)]],
    ['no id', [annotation(1, { external_id: undefined })]],
    ['an empty summary', [annotation(1, { summary: '' })]],
    ['a long summary', [annotation(1, { summary: 'x'.repeat(451) })]],
    ['another type', [annotation(1, { annotation_type: 'LINT' })]],
    ['another severity', [annotation(1, { severity: 'ERROR' })]],
    ['line 0', [annotation(1, { line: 0 })]],
    ['a bad link', [annotation(1, { link: 'http://localhost' })]],
  ])('are refused with %s, and all others with it', async (_, body) => {
    const { post, list } = await startWithReport();
    const all =
      Array.isArray(body) && body[0] ? [annotation(9), ...body] : body;
    expect(await post(all)).toMatchObject({
      status: 400,
      json: { code: 400, message: expect.any(String) },
    });
    expect(await list()).toMatchObject({ size: 0 });
  });

  it('may have a summary of 450 characters', async () => {
    const { post } = await startWithReport();
    const long = annotation(1, { summary: 'x'.repeat(450) });
    expect((await post([long])).status).toBe(200);
  });
});
