import { API, refusal, REST, startPay } from '../../../testing/simulator/pay';
import { dataCenterWrongResponses as wrong } from '.';

const LIST = `${REST}/repos`;

async function startWrong() {
  const world = await startPay();
  world.instance.addRepository('PAY', { slug: 'web' });
  return world;
}

describe('dataCenterWrongResponses', () => {
  it.each([
    [wrong.listWithoutRows({ rows: ['api'] }), { values: [{ slug: 'web' }] }],
    [
      wrong.listWithNullRows({ rows: ({ slug }) => slug === 'api' }),
      { values: [null, { slug: 'web' }] },
    ],
    [wrong.emptyList(), { values: [], isLastPage: true }],
    [wrong.listWithoutNextPage({ path: 'limit=1' }), { isLastPage: true }],
    [wrong.listWithoutStart(), { isLastPage: false, nextPageStart: null }],
    [wrong.listInCircles(), { isLastPage: false, nextPageStart: 0 }],
  ])('strikes a list once, %#', async (fault, expected) => {
    const { get, simulator } = await startWrong();
    const path = fault.path ? `${LIST}?limit=1` : LIST;
    const right = (await get(path)).json;
    simulator.faults.add(fault);
    expect((await get(path)).json).toMatchObject(expected);
    expect((await get(path)).json).toEqual(right);
  });

  it('leaves a field out of a row', async () => {
    const { get, simulator } = await startWrong();
    simulator.faults.add(wrong.listWithoutField({ field: 'project' }));
    const { json } = await get(LIST);
    expect(JSON.stringify(json)).not.toContain('"project":');
  });

  it('leaves files and changes out by their paths', async () => {
    const { get, simulator } = await startWrong();
    const rows = ['a.txt'];
    simulator.faults.add(wrong.listWithoutRows({ endpoint: 'files', rows }));
    simulator.faults.add(wrong.listWithoutRows({ endpoint: 'changes', rows }));
    for (const path of ['files', 'changes?until=main']) {
      const { json } = await get(`${API}/${path}`);
      expect(json).toMatchObject({ values: [] });
    }
  });

  it.each([
    [wrong.missingRepository(), API, 404, 'NoSuchRepositoryException'],
    [wrong.hiddenRepository(), API, 401, 'AuthorisationException'],
    [
      wrong.missingProject(),
      `${REST}/projects/PAY/repos`,
      404,
      'NoSuchProjectException',
    ],
    [wrong.missingBranch(), `${API}/branches/default`, 404, null],
    [
      wrong.missingCommit({ endpoint: 'files' }),
      `${API}/files`,
      404,
      'NoSuchCommitException',
    ],
    [wrong.missingPath(), `${API}/raw/a.txt`, 404, 'NoSuchPathException'],
  ] as const)(
    'refuses what is there, %#',
    async (fault, path, status, name) => {
      const { get, simulator } = await startWrong();
      simulator.faults.add(fault);
      expect(await get(path)).toMatchObject(refusal(status, name));
      expect((await get(path)).status).toBe(200);
    },
  );

  it('has a default branch that is old, or none', async () => {
    const { get, simulator } = await startWrong();
    const commit = '1'.repeat(40);
    simulator.faults.add(wrong.staleBranch({ commit }));
    const path = `${API}/branches/default`;
    expect((await get(path)).json).toMatchObject({ latestCommit: commit });
    simulator.faults.add(wrong.emptyRepository());
    expect((await get(path)).status).toBe(204);
  });

  it('gives something else in place of a file', async () => {
    const { get, simulator } = await startWrong();
    simulator.faults.add(wrong.emptyFile());
    expect((await get(`${API}/raw/a.txt`)).text).toBe('');
    simulator.faults.add(wrong.htmlPage());
    expect((await get(`${API}/raw/a.txt`)).text).toContain('Log in');
  });
});
