import { ask, query, start } from '../../../testing/simulator';
import { SimulatedPullRequest, SimulatedWorkspace, Simulator } from '..';

const SHOP = '/2.0/repositories/acme/shop';
const LIST = `${SHOP}/pullrequests`;

/** Open, declined, merged, and a draft from a fork, in this order. */
async function startAcme() {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  const shop = acme.addRepository({ slug: 'shop', files: { a: 'a' } });
  acme.createBranch('shop', 'release/1');
  const opened = ['open', 'declined', 'merged'].map(source => {
    acme.push('shop', { [source]: '1\n' }, { branch: source });
    return acme.pullRequests.open('shop', { source });
  });
  const [, declined, merged] = opened;
  acme.pullRequests.decline(declined);
  acme.pullRequests.merge(merged);
  acme.forkRepository(shop, { slug: 'fork' });
  acme.push('fork', { f: '1\n', 'docs/ü.md': 'ü' }, { branch: 'idea' });
  const forked = acme.pullRequests.open('shop', {
    source: 'idea',
    sourceRepository: acme.repository('fork'),
    draft: true,
  });
  const simulator = await start({ workspaces: [acme] });
  return { acme, simulator, open: opened[0], merged, forked };
}

const idsOf = (json: unknown) =>
  (json as { values: { id: number }[] }).values.map(({ id }) => id);

const follow = async (simulator: Simulator, path: string) => {
  const { status, headers } = await ask(simulator, path);
  expect(status).toBe(302);
  const location = String(headers.get('location'));
  expect(location.startsWith(simulator.origin)).toBe(true);
  return location.slice(simulator.origin.length);
};

describe('GET …/pullrequests', () => {
  it.each([
    ['', [4, 1]],
    ['?state=OPEN', [4, 1]],
    ['?state=MERGED&state=DECLINED', [3, 2]],
    ['?state=SUPERSEDED', []],
    [query({ q: 'source.branch.name="open"' }), [1]],
    [query({ q: 'source.repository.full_name = "acme/fork"' }), [4]],
    [query({ q: 'destination.branch.name != "main"' }), []],
    [query({ q: 'draft = false' }), [1]],
    [query({ sort: 'id' }), [1, 4]],
  ])('finds with %s', async (parameters, ids) => {
    const { simulator } = await startAcme();
    const { status, json } = await ask(simulator, `${LIST}${parameters}`);
    expect([status, idsOf(json)]).toEqual([200, ids]);
  });

  // A state in `q` does not lift the default.
  it('finds none that are closed through q alone', async () => {
    const { simulator } = await startAcme();
    const q = query({ q: 'state = "MERGED"' });
    expect(idsOf((await ask(simulator, `${LIST}${q}`)).json)).toEqual([]);
    const both = `${LIST}${q}&state=MERGED&state=OPEN`;
    expect(idsOf((await ask(simulator, both)).json)).toEqual([3]);
  });

  it('has pages of 50 at most', async () => {
    const { simulator } = await startAcme();
    const { json } = await ask(simulator, `${LIST}?pagelen=1`);
    expect(json).toMatchObject({ size: 2, pagelen: 1, page: 1 });
    expect((await ask(simulator, `${LIST}?pagelen=50`)).status).toBe(200);
    expect(await ask(simulator, `${LIST}?pagelen=51`)).toMatchObject({
      status: 400,
      json: { type: 'error', error: { message: 'Invalid pagelen' } },
    });
  });

  it('refuses a state that there is none of', async () => {
    const { simulator } = await startAcme();
    expect((await ask(simulator, `${LIST}?state=open`)).status).toBe(400);
  });

  it('has reviewers for those only who ask for them', async () => {
    const { simulator } = await startAcme();
    const { text } = await ask(simulator, LIST);
    expect(text).not.toContain('reviewers');
    const asked = `${LIST}${query({ fields: 'values.id,+values.reviewers' })}`;
    expect((await ask(simulator, asked)).json).toEqual({
      values: [
        { id: 4, reviewers: [] },
        { id: 1, reviewers: [] },
      ],
    });
  });
});

describe('GET …/pullrequests/{id}', () => {
  const short = ({ hash }: { hash: string }) => hash.slice(0, 12);

  it('describes both sides, with hashes of 12 digits', async () => {
    const { simulator, forked } = await startAcme();
    const { json } = await ask(simulator, `${LIST}/4`);
    expect(json).toMatchObject({
      type: 'pullrequest',
      id: 4,
      title: 'Change f, docs/ü.md',
      state: 'OPEN',
      draft: true,
      merge_commit: null,
      source: {
        branch: { name: 'idea' },
        commit: { hash: short(forked.source.commit) },
        repository: { full_name: 'acme/fork' },
      },
      destination: {
        branch: { name: 'main' },
        commit: { hash: short(forked.destination.commit) },
        repository: { full_name: 'acme/shop' },
      },
      reviewers: [],
    });
  });

  it('knows what became of it', async () => {
    const { simulator, merged } = await startAcme();
    const fields = 'state,merge_commit.hash,closed_by.display_name';
    const { json } = await ask(simulator, `${LIST}/3${query({ fields })}`);
    expect(json).toEqual({
      state: 'MERGED',
      merge_commit: { hash: short(merged.mergeCommit ?? { hash: '' }) },
      closed_by: { display_name: 'Robin Example' },
    });
  });

  it.each(['5', '0', '01', 'x'])('does not find %s', async id => {
    const { simulator } = await startAcme();
    expect((await ask(simulator, `${LIST}/${id}`)).status).toBe(404);
  });

  it('is not found where its repository is not seen', async () => {
    const { acme } = await startAcme();
    acme.setVisibility('shop', 'private');
    const simulator = await start({ workspaces: [acme], accounts: [] });
    expect((await ask(simulator, `${LIST}/1`)).status).toBe(404);
  });
});

describe('GET …/pullrequests/{id}/diffstat', () => {
  const spec = ({ source, destination }: SimulatedPullRequest) =>
    [source, destination].map(({ commit }) => commit.hash.slice(0, 12));

  it('leads to what it changes', async () => {
    const { acme, simulator, open } = await startAcme();
    acme.push('shop', { later: 'x' });
    const location = await follow(simulator, `${LIST}/1/diffstat?pagelen=1`);
    const [source, destination] = spec(open);
    expect(location).toBe(
      `${SHOP}/diffstat/acme/shop:${source}%0D${destination}?from_pullrequest_id=1&topic=true`,
    );
    const { json } = await ask(simulator, location);
    const self = `${simulator.origin}${SHOP}/src/${open.source.commit.hash}/open`;
    expect(json).toMatchObject({
      size: 1,
      values: [
        {
          status: 'added',
          old: null,
          new: { path: 'open', links: { self: { href: self } } },
        },
      ],
    });
    expect(simulator.requests.entries).toMatchObject([
      { endpoint: 'pullrequestDiffstat' },
      { endpoint: 'diffstat' },
    ]);
  });

  it('is the same with both hashes in the path', async () => {
    const { simulator, open } = await startAcme();
    const redirected = await follow(simulator, `${LIST}/1/diffstat`);
    const direct = `${SHOP}/diffstat/${spec(open).join('..')}?topic=true`;
    expect((await ask(simulator, direct)).json).toEqual(
      (await ask(simulator, redirected)).json,
    );
  });

  it('names the fork, whose files are to be read there', async () => {
    const { acme, simulator, forked } = await startAcme();
    const location = await follow(simulator, `${LIST}/4/diffstat`);
    expect(location).toContain(`${SHOP}/diffstat/acme/fork:`);
    const { json } = await ask(simulator, location);
    const { hash } = forked.source.commit;
    const src = `${simulator.apiBaseUrl}/repositories/acme/fork/src/${hash}`;
    expect(json).toMatchObject({
      values: [
        { new: { links: { self: { href: `${src}/docs/%C3%BC.md` } } } },
        { new: { links: { self: { href: `${src}/f` } } } },
      ],
    });
    acme.removeRepository('fork');
    expect((await ask(simulator, location)).status).toBe(200);
  });

  it('knows no repository without a pull request', async () => {
    const { acme, simulator } = await startAcme();
    acme.addRepository({ slug: 'other', files: { a: 'a' } });
    const path = `${SHOP}/diffstat/acme/other:main..main`;
    expect((await ask(simulator, path)).status).toBe(404);
  });
});

describe('GET …/pullrequests/{id}/conflicts', () => {
  it('leads to the files that both sides have changed', async () => {
    const { acme, simulator } = await startAcme();
    acme.push('shop', { open: 'otherwise' });
    const location = await follow(simulator, `${LIST}/1/conflicts`);
    expect(location).toContain(`${SHOP}/file-conflicts/acme/shop:`);
    expect((await ask(simulator, location)).json).toEqual({
      pagelen: 500,
      size: 1,
      page: 1,
      values: [
        {
          type: 'file_conflict',
          path: 'open',
          scenario: 'content',
          message: 'File modified in both source and destination',
        },
      ],
    });
    const other = await follow(simulator, `${LIST}/4/conflicts`);
    expect((await ask(simulator, other)).json).toMatchObject({ values: [] });
  });
});
