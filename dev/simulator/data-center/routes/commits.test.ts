import { API, refusal, startPay } from '../../../../testing/simulator/pay';

type Rows = { values: Record<string, unknown>[] };

const rows = ({ json }: { json: unknown }) => (json as Rows).values;

describe('commits', () => {
  it('lists them newest first, a hundred at most', async () => {
    const { get, pay, api } = await startPay({ limits: { commits: 2 } });
    const first = api.head?.hash;
    pay.push('api', { 'docs/b': 'b' });
    const last = pay.push('api', { c: 'c' });
    const page = await get(`${API}/commits?limit=100`);
    expect(page.json).toMatchObject({ limit: 2, isLastPage: false });
    expect(rows(page)[0]).toMatchObject({ id: last.hash });
    const since = await get(`${API}/commits?since=${first}&until=main`);
    expect(rows(since)).toHaveLength(2);
    const below = await get(`${API}/commits?path=docs`);
    expect(rows(below)).toHaveLength(1);
  });

  it('finds one by its hash, and by nothing else', async () => {
    const { get, api } = await startPay();
    const hash = String(api.head?.hash);
    const { json } = await get(`${API}/commits/${hash.slice(0, 7)}`);
    expect(json).toMatchObject({ id: hash, parents: [] });
    for (const id of ['main', hash.slice(0, 6), '0'.repeat(40)]) {
      expect(await get(`${API}/commits/${id}`)).toMatchObject(
        refusal(404, 'commit.NoSuchCommitException'),
      );
    }
  });

  it('takes whole hashes only where short ones do not work', async () => {
    const { get, api } = await startPay({ quirks: { shortHashes: false } });
    const hash = String(api.head?.hash);
    expect((await get(`${API}/commits/${hash}`)).status).toBe(200);
    expect((await get(`${API}/commits/${hash.slice(0, 9)}`)).status).toBe(404);
  });
});

describe('changes', () => {
  async function startChanged(options: Parameters<typeof startPay>[0] = {}) {
    const world = await startPay(options);
    const { pay, api } = world;
    const since = pay.push('api', { old: 'old', gone: 'gone', kept: 'kept' });
    pay.push('api', {
      old: null,
      'docs/new.md': 'old',
      gone: null,
      'a.txt': 'changed',
      added: 'added',
    });
    return { ...world, since: since.hash, until: String(api.head?.hash) };
  }

  it('say what became of each file', async () => {
    const { get, since, until } = await startChanged();
    const path = `${API}/changes?since=${since}&until=${until}`;
    const { json } = await get(path);
    expect(json).toMatchObject({
      fromHash: since,
      toHash: until,
      isLastPage: true,
      values: [
        { type: 'MODIFY', path: { toString: 'a.txt' } },
        {
          type: 'ADD',
          path: { toString: 'added', components: ['added'] },
          // `git hash-object` of it.
          contentId: '53bf775905a081016f0ceb97bd65c5d18e516107',
          nodeType: 'FILE',
        },
        {
          type: 'MOVE',
          path: { toString: 'docs/new.md', parent: 'docs', extension: 'md' },
          srcPath: { toString: 'old' },
        },
        { type: 'DELETE', path: { toString: 'gone' } },
      ],
    });
    const ofCommit = `${API}/commits/${until}/changes?since=${since}`;
    expect((await get(ofCommit)).json).toEqual(json);
  });

  it('are those since the parent by default', async () => {
    const { get, since } = await startChanged();
    const page = await get(`${API}/changes?until=${since}`);
    expect(rows(page).map(({ type }) => type)).toEqual(['ADD', 'ADD', 'ADD']);
    expect((await get(`${API}/changes`)).status).toBe(400);
  });

  it('end at the most that is compared, without a further page', async () => {
    const { get, since, until } = await startChanged({
      limits: { changes: 2 },
    });
    const path = `${API}/changes?since=${since}&until=${until}`;
    const { json } = await get(`${path}&limit=1000`);
    expect(json).toMatchObject({
      size: 2,
      isLastPage: false,
      nextPageStart: null,
    });
  });

  it('compare two branches as a pull request does', async () => {
    const { get, pay } = await startPay();
    pay.push('api', { idea: 'idea' }, { branch: 'idea' });
    pay.push('api', { other: 'other' });
    const page = await get(
      `${API}/compare/changes?from=refs/heads/idea&to=refs/heads/main`,
    );
    expect(rows(page)).toMatchObject([{ path: { toString: 'idea' } }]);
  });
});
