import { ask } from '../../../../testing/simulator';
import {
  ADMIN,
  API,
  refusal,
  REST,
  startPay,
} from '../../../../testing/simulator/pay';

type Page = {
  values: { slug: string; key: string; name: string }[];
  nextPageStart: number | null;
  isLastPage: boolean;
};

const slugs = ({ json }: { json: unknown }) =>
  (json as Page).values.map(({ slug }) => slug);

/** A public, an archived and a personal repository beside `api`. */
async function startMore(options: Parameters<typeof startPay>[0] = {}) {
  const world = await startPay(options);
  const { instance } = world;
  instance.addRepository('PAY', { slug: 'open', isPrivate: false });
  const old = instance.addRepository('PAY', { slug: 'old' });
  instance.setArchived(old);
  instance.addProject('~robin', { name: 'Robin' });
  instance.addRepository('~robin', { slug: 'notes' });
  return world;
}

describe('projects and repositories', () => {
  it('says its version without a credential', async () => {
    const { simulator } = await startPay({ accounts: [], version: '9.4.2' });
    const path = `${REST}/application-properties`;
    expect((await ask(simulator, path)).json).toMatchObject({
      version: '9.4.2',
      buildNumber: '9004002',
      displayName: 'Bitbucket',
    });
  });

  it('gives a row without default branch, head and dates', async () => {
    const { get, simulator } = await startPay();
    const { json } = await get(API);
    expect(json).toEqual({
      slug: 'api',
      id: 2,
      name: 'api',
      hierarchyId: expect.stringMatching(/^[0-9a-f]{20}$/),
      scmId: 'git',
      state: 'AVAILABLE',
      statusMessage: 'Available',
      forkable: true,
      project: {
        key: 'PAY',
        id: 1,
        name: 'Payments',
        public: false,
        type: 'NORMAL',
        links: { self: [{ href: `${simulator.baseUrl}/projects/PAY` }] },
      },
      public: false,
      archived: false,
      links: {
        clone: [
          { href: 'ssh://git@127.0.0.1:7999/pay/api.git', name: 'ssh' },
          { href: `${simulator.baseUrl}/scm/pay/api.git`, name: 'http' },
        ],
        self: [{ href: `${simulator.baseUrl}/projects/PAY/repos/api/browse` }],
      },
    });
  });

  it('lists the repositories of all projects, without archived ones', async () => {
    const { get } = await startMore();
    expect(slugs(await get(`${REST}/repos`))).toEqual(['api', 'notes', 'open']);
    expect(slugs(await get('/rest/api/1.0/repos'))).toHaveLength(3);
  });

  it.each([
    ['archived=ARCHIVED', ['old']],
    ['archived=ALL&projectkey=pay', ['api', 'old', 'open']],
    ['projectkey=~ROBIN', ['notes']],
    ['name=OPE', ['open']],
    ['visibility=public', ['open']],
    ['permission=REPO_ADMIN', ['api', 'notes', 'open']],
    ['state=INITIALISING', []],
  ])('lists what %s asks for', async (query, expected) => {
    const { get } = await startMore({ accounts: [ADMIN] });
    expect(slugs(await get(`${REST}/repos?${query}`))).toEqual(expected);
  });

  it.each([
    [{}, ['api', 'old', 'open']],
    [{ archivedInProjects: false }, ['api', 'open']],
  ])(
    'lists the repositories of a project with %j',
    async (quirks, expected) => {
      const { get } = await startMore({ quirks });
      expect(slugs(await get(`${REST}/projects/PAY/repos`))).toEqual(expected);
    },
  );

  it.each([
    [{}, ['PAY']],
    [{ personalProjectsListed: true }, ['PAY', '~robin']],
  ])('lists projects with %j', async (quirks, expected) => {
    const { get } = await startMore({ quirks });
    const { json } = await get(`${REST}/projects`);
    expect((json as Page).values.map(({ key }) => key)).toEqual(expected);
  });

  it('knows whose a personal project is', async () => {
    const { get, simulator } = await startMore();
    expect((await get(`${REST}/projects/~robin`)).json).toMatchObject({
      type: 'PERSONAL',
      owner: { slug: 'robin' },
      links: { self: [{ href: `${simulator.baseUrl}/users/robin` }] },
    });
  });

  it('lowers a limit without a word, and says where to go on', async () => {
    const { get } = await startMore({ limits: { repositories: 2 } });
    const first = await get(`${REST}/repos?limit=1000`);
    expect(first.json).toMatchObject({
      size: 2,
      limit: 2,
      start: 0,
      isLastPage: false,
      // The archived one before `open` is jumped over.
      nextPageStart: 3,
    });
    const last = await get(`${REST}/repos?limit=1000&start=3`);
    expect(last.json).toMatchObject({ isLastPage: true, nextPageStart: null });
    expect(slugs(last)).toEqual(['open']);
  });

  it('jumps over rows that are not shown', async () => {
    const { get, instance } = await startPay();
    ['b', 'c', 'd'].forEach(slug => {
      instance.setArchived(instance.addRepository('PAY', { slug }));
    });
    instance.addRepository('PAY', { slug: 'e' });
    const { json } = await get(`${REST}/repos?limit=2`);
    expect(json).toMatchObject({ size: 2, isLastPage: true });
    const first = await get(`${REST}/repos?limit=1`);
    expect(first.json).toMatchObject({ size: 1, nextPageStart: 4 });
  });

  it('says what there is not', async () => {
    const { get } = await startPay();
    expect(await get(`${REST}/projects/NONE`)).toMatchObject(
      refusal(404, 'project.NoSuchProjectException'),
    );
    expect(await get(`${REST}/projects/NONE/repos/api`)).toMatchObject(
      refusal(404, 'project.NoSuchProjectException'),
    );
    expect(await get(`${REST}/projects/PAY/repos/none`)).toMatchObject(
      refusal(404, 'repository.NoSuchRepositoryException'),
    );
    expect(await get(`${REST}/nothing`)).toMatchObject(refusal(404, null));
  });
});
