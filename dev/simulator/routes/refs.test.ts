import { ask, query, start } from '../../../testing/simulator';
import { SimulatedWorkspace } from '..';

async function startWithBranches() {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  acme.addRepository({
    slug: 'shop',
    createdOn: Date.UTC(2026, 0, 1),
    files: { 'a.txt': '1' },
  });
  const head = acme.push(
    'shop',
    { 'a.txt': '2' },
    { branch: 'release/2026-11', message: 'Two', date: Date.UTC(2026, 1, 1) },
  );
  return { acme, head, simulator: await start({ workspaces: [acme] }) };
}

const SHOP = '/2.0/repositories/acme/shop';

describe('branches', () => {
  it('are listed, filtered and sorted', async () => {
    const { simulator } = await startWithBranches();
    const list = (parameters: Record<string, string>) =>
      ask(
        simulator,
        `${SHOP}/refs/branches${query({ fields: 'values.name', ...parameters })}`,
      );
    expect((await list({ sort: '-target.date' })).json).toEqual({
      values: [{ name: 'release/2026-11' }, { name: 'main' }],
    });
    expect((await list({ q: 'name ~ "release"' })).json).toEqual({
      values: [{ name: 'release/2026-11' }],
    });
  });

  it.each(['release/2026-11', 'release%2F2026-11'])(
    'are found as %s',
    async name => {
      const { simulator, head } = await startWithBranches();
      const { json } = await ask(simulator, `${SHOP}/refs/branches/${name}`);
      expect(json).toMatchObject({
        type: 'branch',
        name: 'release/2026-11',
        target: {
          type: 'commit',
          hash: head.hash,
          date: '2026-02-01T00:00:00+00:00',
          message: 'Two',
        },
      });
    },
  );

  it('are not found where there is none', async () => {
    const { simulator } = await startWithBranches();
    expect(await ask(simulator, `${SHOP}/refs/branches/none`)).toMatchObject({
      status: 404,
      json: { error: { message: expect.stringContaining('none') } },
    });
  });
});

describe('refs', () => {
  it('are branches and tags, distinguished by type, filtered by name', async () => {
    const { simulator, acme, head } = await startWithBranches();
    const tagged = acme.createTag('shop', 'v/1.0');
    const refs = async (parameters: Record<string, string>) => {
      const fields = 'values.type,values.name,values.target.hash';
      const path = `${SHOP}/refs${query({ fields, ...parameters })}`;
      return (await ask(simulator, path)).json;
    };
    expect(await refs({ q: 'name = "v/1.0" OR name = "main"' })).toEqual({
      values: [
        {
          type: 'branch',
          name: 'main',
          target: { hash: acme.repository('shop').head?.hash },
        },
        { type: 'tag', name: 'v/1.0', target: { hash: tagged.hash } },
      ],
    });
    expect(await refs({ sort: '-target.date' })).toMatchObject({
      values: [
        { name: 'release/2026-11', target: { hash: head.hash } },
        {},
        {},
      ],
    });
    expect(simulator.requests.count({ endpoint: 'refs' })).toBe(2);
  });
});

describe('commits', () => {
  it.each(['release/2026-11', 'release%2F2026-11'])(
    'of %s come newest first',
    async revision => {
      const { simulator, acme, head } = await startWithBranches();
      const { json } = await ask(simulator, `${SHOP}/commits/${revision}`);
      expect(json).toMatchObject({
        values: [
          { hash: head.hash },
          { hash: acme.repository('shop').head?.hash },
        ],
      });
    },
  );

  it('are found by hash', async () => {
    const { simulator, head } = await startWithBranches();
    const { json } = await ask(simulator, `${SHOP}/commit/${head.hash}`);
    expect(json).toMatchObject({ type: 'commit', hash: head.hash });
  });

  it.each(['commits', 'commit'])('%s/none is not found', async endpoint => {
    const { simulator } = await startWithBranches();
    expect(await ask(simulator, `${SHOP}/${endpoint}/none`)).toMatchObject({
      status: 404,
      json: {
        error: { message: 'Commit not found', data: { shas: ['none'] } },
      },
    });
  });
});
