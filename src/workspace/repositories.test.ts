import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import { clientOf } from '../bitbucket/__testUtils__';
import { listRepositories } from './repositories';

describe('listRepositories', () => {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  let simulator: Simulator;

  beforeAll(async () => {
    ['d', 'c', 'b', 'a'].forEach((slug, index) =>
      acme.addRepository({
        slug,
        project: slug < 'c' ? 'PAY' : 'LAB',
        createdOn: Date.UTC(2026, 0, 1 + index),
      }),
    );
    simulator = await startSimulator({ workspaces: [acme] });
  });
  afterEach(() => {
    simulator.faults.clear();
    simulator.requests.clear();
  });
  afterAll(() => simulator.stop());

  async function slugs(options: { q?: string; pagelen: number }) {
    const client = clientOf(simulator);
    const listed = await listRepositories(client, 'acme', options, {});
    return listed.map(({ slug }) => slug);
  }

  it('lists every page, in an order that no push moves', async () => {
    acme.push('d', { 'README.md': 'Hello' });
    expect(await slugs({ pagelen: 2 })).toEqual(['d', 'c', 'b', 'a']);
    expect(simulator.requests.count()).toBe(2);
  });

  it('asks the server to filter', async () => {
    const q = 'project.key = "PAY"';
    expect(await slugs({ q, pagelen: 100 })).toEqual(['b', 'a']);
    expect(simulator.requests.entries[0].query).toMatchObject({ q });
  });

  it('delivers a repository once that is on two pages', async () => {
    let firstPage: unknown[] = [];
    simulator.faults.add({
      endpoint: 'repositories',
      kind: 'json',
      change: body => {
        const page = body as { values: unknown[] };
        const values = [...firstPage.slice(-1), ...page.values];
        firstPage = page.values;
        return { ...page, values };
      },
    });
    expect(await slugs({ pagelen: 2 })).toEqual(['d', 'c', 'b', 'a']);
  });

  it('fails as a whole when a page is missing', async () => {
    simulator.faults.add({ path: 'page=2', kind: 'status', status: 500 });
    await expect(slugs({ pagelen: 2 })).rejects.toThrow('answered 500');
  });
});
