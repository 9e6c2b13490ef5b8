import {
  API,
  refusal,
  REST,
  startPay,
} from '../../../../testing/simulator/pay';

type Rows = { values: { displayId: string }[] };

const names = ({ json }: { json: unknown }) =>
  (json as Rows).values.map(({ displayId }) => displayId);

describe('branches and tags', () => {
  it('gives the default branch with its head', async () => {
    const { get, api } = await startPay();
    expect((await get(`${API}/default-branch`)).json).toEqual({
      id: 'refs/heads/main',
      displayId: 'main',
      type: 'BRANCH',
    });
    expect((await get(`${API}/branches/default`)).json).toMatchObject({
      id: 'refs/heads/main',
      latestCommit: api.head?.hash,
      isDefault: true,
    });
  });

  it('has no default branch in an empty repository but the configured one', async () => {
    const { get, instance } = await startPay();
    instance.addRepository('PAY', { slug: 'new' });
    const path = `${REST}/projects/PAY/repos/new`;
    expect(await get(`${path}/branches/default`)).toMatchObject({
      status: 204,
      text: '',
    });
    expect((await get(`${path}/default-branch`)).json).toMatchObject({
      displayId: 'main',
    });
    expect((await get(`${path}/branches`)).json).toMatchObject({ size: 0 });
    expect((await get(`${path}/files`)).status).toBe(404);
  });

  it('does not find a configured branch that is not there', async () => {
    const { get, instance, api, pay } = await startPay();
    instance.setDefaultBranch(api, 'develop');
    expect((await get(`${API}/default-branch`)).json).toMatchObject({
      displayId: 'develop',
    });
    expect(await get(`${API}/branches/default`)).toMatchObject(
      refusal(404, null),
    );
    expect(await get(`${API}/raw/a.txt`)).toMatchObject(
      refusal(404, 'NoSuchCommitException'),
    );
    pay.push('api', { b: 'b' }, { branch: 'develop' });
    expect((await get(`${API}/branches/default`)).status).toBe(200);
  });

  it('filters branches by any part of the name', async () => {
    const { get, pay } = await startPay({ limits: { branches: 2 } });
    ['Feature/main-menu', 'domain', 'other'].forEach(name =>
      pay.createBranch('api', name),
    );
    const page = await get(`${API}/branches?filterText=MAIN&limit=100`);
    expect(names(page)).toEqual(['domain', 'Feature/main-menu']);
    expect(page.json).toMatchObject({ isLastPage: false, nextPageStart: 2 });
    const next = await get(`${API}/branches?filterText=MAIN&start=2`);
    expect(names(next)).toEqual(['main']);
  });

  it('lists branches by their date when asked to', async () => {
    let now = 1_000;
    const { get, pay } = await startPay({ now: () => now });
    now += 1_000;
    pay.push('api', { b: 'b' }, { branch: 'zebra' });
    const { json } = await get(`${API}/branches?orderBy=MODIFICATION&limit=1`);
    expect(json).toMatchObject({ size: 1 });
  });

  it('finds a tag by its name alone', async () => {
    const { get, pay, api } = await startPay();
    pay.createTag('api', 'release/1');
    expect((await get(`${API}/tags/release/1`)).json).toMatchObject({
      id: 'refs/tags/release/1',
      type: 'TAG',
      latestCommit: api.head?.hash,
    });
    expect(names(await get(`${API}/tags?filterText=rel`))).toEqual([
      'release/1',
    ]);
    expect(await get(`${API}/tags/none`)).toMatchObject(refusal(404, null));
  });
});
