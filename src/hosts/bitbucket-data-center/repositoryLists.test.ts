import {
  dataCenterWrongResponses,
  SimulatedInstance,
} from '../../../dev/simulator/data-center';
import { collect } from '../../../testing/bitbucket/collect';
import {
  dataCenterClientOf,
  startDataCenter,
} from '../../../testing/dataCenter';
import { Repository } from '../../scm/types';
import {
  findListed,
  getRepository,
  listProject,
  listRepositories,
  readPosition,
  writePosition,
} from './repositoryLists';

type Options = Parameters<typeof startDataCenter>[0];

/** An instance with repositories of some slugs in the project `PAY`. */
async function start(slugs: string[], options: Options = {}) {
  const instance = new SimulatedInstance();
  instance.addProject('PAY');
  slugs.forEach(slug =>
    instance.addRepository('PAY', { slug, files: { a: slug } }),
  );
  const simulator = await startDataCenter({ instance, ...options });
  const { api } = dataCenterClientOf(simulator, {
    credential: { kind: 'httpAccessToken', token: 't' },
  });
  const remove = (slug: string) =>
    instance.project('PAY').removeRepository(slug);
  return { instance, simulator, api, remove };
}

const letters = [...'abcdefghij'];

const slugsOf = (pages: { repositories: Repository[] }[]) => [
  ...new Set(pages.flatMap(page => page.repositories.map(({ slug }) => slug))),
];

describe('listRepositories', () => {
  it('lists what is archived and personal too, with what rows say', async () => {
    const { api, instance } = await start(['shop']);
    instance.addProject('~jane');
    instance.addProject('OPEN', { isPublic: true });
    instance.addRepository('~jane', { slug: 'own', isPrivate: false });
    const open = instance.addRepository('OPEN', { slug: 'old' });
    instance.setArchived(open);
    const [{ repositories }] = await collect(
      listRepositories(api, {}, undefined, {}),
    );
    const { host } = api;
    const id = (key: string, slug: string) =>
      `${host}#${instance.idOf(instance.repository(key, slug))}`;
    expect(repositories).toEqual([
      {
        uuid: id('OPEN', 'old'),
        slug: 'old',
        fullName: `${host}/OPEN/old`,
        isPrivate: false,
        isFork: false,
        isArchived: true,
        projectKey: 'OPEN',
      },
      {
        uuid: id('~jane', 'own'),
        slug: 'own',
        fullName: `${host}/~jane/own`,
        isPrivate: false,
        isFork: false,
        isArchived: false,
        projectKey: '~jane',
      },
      {
        uuid: id('PAY', 'shop'),
        slug: 'shop',
        fullName: `${host}/PAY/shop`,
        isPrivate: true,
        isFork: false,
        isArchived: false,
        projectKey: 'PAY',
      },
    ]);
  });

  it.each([
    ['the page before', ['b']],
    ['the end of the page before', ['c']],
    ['all of the page before', ['a', 'b', 'c']],
    ['the next page', ['d', 'e']],
  ])(
    'misses none where repositories of %s are deleted meanwhile',
    async (_, deleted) => {
      const { api, remove } = await start(letters);
      const pages = [];
      for await (const page of listRepositories(
        api,
        { pageSize: 3 },
        undefined,
        {},
      )) {
        pages.push(page);
        if (pages.length === 1) {
          deleted.forEach(remove);
        }
      }
      const left = letters.filter(slug => !deleted.includes(slug));
      expect(slugsOf(pages)).toEqual(expect.arrayContaining(left));
    },
  );

  it('misses none where the credential does not see all, and goes on from each page', async () => {
    const { api } = await start(letters, {
      accounts: [
        {
          kind: 'userToken',
          name: 'jane',
          token: 't',
          sees: ({ slug }) => !'bdefi'.includes(slug),
        },
      ],
    });
    const seen = ['a', 'c', 'g', 'h', 'j'];
    const list = (from?: string) =>
      collect(listRepositories(api, { pageSize: 2 }, from, {}));
    const pages = await list();
    expect(slugsOf(pages)).toEqual(seen);
    for (const [index, { next }] of pages.slice(0, -1).entries()) {
      const whole = [...pages.slice(0, index + 1), ...(await list(next))];
      expect(slugsOf(whole)).toEqual(seen);
    }
  });

  it('goes on after a page, though what was before it was deleted since', async () => {
    const { api, remove } = await start(letters);
    const pages = await collect(
      listRepositories(api, { pageSize: 4 }, undefined, {}),
    );
    ['a', 'b', 'c', 'd', 'e'].forEach(remove);
    const rest = await collect(
      listRepositories(api, { pageSize: 4 }, pages[0].next, {}),
    );
    expect(slugsOf(rest)).toEqual(['f', 'g', 'h', 'i', 'j']);
  });

  it('costs one request for each thousand repositories', async () => {
    const { api, simulator } = await start(letters);
    await collect(listRepositories(api, {}, undefined, {}));
    expect(simulator.requests.entries.map(({ query }) => query)).toEqual([
      { archived: 'ALL', limit: '1000' },
    ]);
  });

  it('asks an instance without archived repositories for all that it has', async () => {
    const { api, simulator } = await start(['shop']);
    simulator.faults.add({ kind: 'status', status: 400, path: /archived/ });
    const pages = await collect(listRepositories(api, {}, undefined, {}));
    expect(slugsOf(pages)).toEqual(['shop']);
  });

  it('leaves out a row that it cannot read, unless it has to be strict', async () => {
    const { api, simulator } = await start(letters);
    simulator.faults.add({
      kind: 'json',
      change(body) {
        const page = body as { values: object[] };
        page.values = page.values.map((row, index) =>
          index === 0 ? { ...row, id: 'x' } : row,
        );
        return page;
      },
    });
    const list = (strict: boolean) =>
      collect(listRepositories(api, { strict }, undefined, {}));
    expect(slugsOf(await list(false))).toEqual(letters.slice(1));
    await expect(list(true)).rejects.toThrow(/expected shape/);
  });
});

describe('Positions', () => {
  it('name where a list goes on, and some of what was before', () => {
    const before = Array.from({ length: 9 }, (_, id) => `h:1#${id + 1}`);
    const text = writePosition({ start: 9_000, before });
    expect(text).toBe('9000 5 6 7 8 9');
    expect(readPosition('h:1', text)).toEqual({
      start: 9_000,
      before: before.slice(-5),
    });
  });

  it.each([undefined, '', 'x', '-1 2', '5 x', '2026-11-26T12:00:00Z'])(
    'are the beginning where they cannot be read: %s',
    text => {
      expect(readPosition('h', text)).toEqual({ start: 0, before: [] });
    },
  );

  it.each([2, 3, 5])(
    'comes to an end where the token cannot see what is before a page of %d rows',
    async pageSize => {
      const slugs = letters.flatMap(one => [`${one}1`, `${one}2`, `${one}3`]);
      for (const hidden of [['c3'], ['b3', 'c1', 'e2'], slugs.slice(4, 20)]) {
        const { api, simulator } = await start(slugs, {
          accounts: [
            {
              ...{ kind: 'userToken', name: 'jane', token: 't' },
              sees: ({ slug }) => !hidden.includes(slug),
            },
          ],
        });
        const pages = await collect(
          listRepositories(api, { pageSize }, undefined, {}),
        );
        expect(slugsOf(pages)).toEqual(
          slugs.filter(slug => !hidden.includes(slug)),
        );
        expect(simulator.requests.count()).toBeLessThan(2 * slugs.length);
      }
    },
  );

  it('leaves out rows that share an id, one of which would pass for the other', async () => {
    const { api, simulator } = await start(['shop', 'store', 'web']);
    simulator.faults.add({
      endpoint: 'repositories',
      kind: 'json',
      change(body) {
        const page = body as { values: { slug: string; id: number }[] };
        const [{ id }] = page.values;
        const values = page.values.map(row =>
          row.slug === 'store' ? { ...row, id } : row,
        );
        return { ...page, values };
      },
    });
    const pages = await collect(listRepositories(api, {}, undefined, {}));
    expect(slugsOf(pages)).toEqual(['web']);
  });
});

describe('listProject', () => {
  it('lists the repositories of a project', async () => {
    const { api, instance } = await start(['shop']);
    instance.addProject('WEB');
    instance.addRepository('WEB', { slug: 'site' });
    const pages = await collect(listProject(api, 'WEB', {}));
    expect(pages.flat().map(({ slug }) => slug)).toEqual(['site']);
  });
});

describe('findListed', () => {
  it('finds a repository in the list of its project, by its id, or wherever it was moved to', async () => {
    const { api, instance, remove, simulator } = await start(['shop', 'web']);
    const { host } = api;
    const uuid = `${host}#${instance.idOf(instance.repository('PAY', 'shop'))}`;
    const find = async (id: string, project = 'PAY') => {
      const ref = { id, fullName: `${host}/${project}/shop` };
      return (await findListed(api, [ref], {}))[0];
    };
    expect(await find(uuid)).toMatchObject({ slug: 'shop' });
    expect(await find('')).toMatchObject({ slug: 'shop' });
    expect(await find('', 'pay')).toMatchObject({ slug: 'shop' });
    expect(await find(`${host}#999`)).toBeUndefined();
    expect(await find(uuid, 'OLD')).toMatchObject({ slug: 'shop' });
    instance.addProject('WEB');
    const shop = instance.repository('PAY', 'shop');
    instance.move(shop, 'WEB');
    expect(await find(uuid)).toMatchObject({ fullName: `${host}/WEB/shop` });
    instance.move(shop, 'PAY');
    remove('shop');
    simulator.faults.add(
      dataCenterWrongResponses.listWithNullRows({
        endpoint: 'projectRepositories',
      }),
    );
    await expect(find(uuid)).rejects.toThrow('not known what the list lacks');
    expect(await find(uuid)).toBeUndefined();
  });
});

describe('getRepository', () => {
  it('says that a repository is empty when its list of branches is empty too', async () => {
    const { api, instance, simulator } = await start(['shop']);
    instance.addRepository('PAY', { slug: 'empty' });
    const ask = (slug: string) =>
      getRepository(
        api,
        { by: 'name', fullName: `${api.host}/PAY/${slug}` },
        {},
      );
    expect(await ask('empty')).toMatchObject({ mainBranch: null });
    simulator.faults.add(dataCenterWrongResponses.emptyRepository());
    expect((await ask('shop')).mainBranch).toBeUndefined();
    expect((await ask('shop')).mainBranch).toMatchObject({ name: 'main' });
  });

  it('follows a repository that was renamed and moved', async () => {
    const { api, instance } = await start(['shop']);
    instance.addProject('WEB');
    const ref = { by: 'name', fullName: `${api.host}/PAY/shop` } as const;
    const { uuid: id } = await getRepository(api, ref, {});
    const shop = instance.repository('PAY', 'shop');
    instance.rename(shop, 'Store');
    instance.move(shop, 'WEB');
    const found = await getRepository(
      api,
      { ...ref, by: 'id', id, workspace: api.host },
      {},
    );
    expect(found).toMatchObject({
      uuid: id,
      fullName: `${api.host}/WEB/store`,
      mainBranch: { name: 'main', hash: expect.stringMatching(/^\w{40}$/) },
    });
  });

  it('takes no other repository of the same name for the one that was asked for, nor asks without a name', async () => {
    const { api, remove, instance } = await start(['shop']);
    const fullName = `${api.host}/PAY/shop`;
    const { uuid: id } = await getRepository(api, { by: 'name', fullName }, {});
    remove('shop');
    instance.addRepository('PAY', { slug: 'shop' });
    const ask = (name?: string) =>
      getRepository(
        api,
        { by: 'id', id, fullName: name, workspace: api.host },
        {},
      );
    await expect(ask(fullName)).rejects.toMatchObject({
      name: 'NameTakenError',
    });
    await expect(ask()).rejects.toMatchObject({
      name: 'UnexpectedResponseError',
    });
  });

  it.each([
    [401, 'ForbiddenError', undefined],
    [404, 'NotFoundError', 'repository'],
  ] as const)(
    'says what an instance says that hides with a %s what a token may not see',
    async (hiddenAs, name, missing) => {
      const { api } = await start(['shop'], {
        quirks: { hiddenAs },
        accounts: [
          { kind: 'userToken', name: 'jane', token: 't', sees: () => false },
        ],
      });
      await expect(
        getRepository(
          api,
          { by: 'name', fullName: `${api.host}/PAY/shop` },
          {},
        ),
      ).rejects.toMatchObject({ name, ...(missing && { missing }) });
    },
  );
});
