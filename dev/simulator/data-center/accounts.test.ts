import { ask, basic, bearer } from '../../../testing/simulator';
import { API, refusal, REST, startPay } from '../../../testing/simulator/pay';
import type { DataCenterAccount } from '.';

const LIST = `${REST}/repos`;

const reader: DataCenterAccount = {
  kind: 'userToken',
  name: 'robin',
  token: 'secret',
};

/** A second project beside `PAY`. */
async function startWith(
  accounts: DataCenterAccount[],
  options: Parameters<typeof startPay>[0] = {},
) {
  const world = await startPay({ accounts, ...options });
  world.instance.addProject('WEB', { name: 'Web' });
  world.instance.addRepository('WEB', { slug: 'ui', isPrivate: false });
  world.instance.addRepository('PAY', { slug: 'ledger' });
  return world;
}

const slugs = ({ json }: { json: unknown }) =>
  (json as { values: { slug: string }[] }).values.map(({ slug }) => slug);

describe('credentials', () => {
  it('names the user and the request in headers', async () => {
    const { simulator } = await startWith([reader]);
    const { headers } = await ask(simulator, LIST, bearer('secret'));
    expect(headers.get('X-AUSERNAME')).toBe('robin');
    expect(headers.get('X-AREQUESTID')).toMatch(/x/);
    expect(simulator.requests.entries[0]).toMatchObject({
      endpoint: 'repositories',
      credential: 'robin',
      status: 200,
    });
  });

  it("takes a user's token as the password, too", async () => {
    const { simulator } = await startWith([reader]);
    const answer = await ask(simulator, LIST, basic('robin', 'secret'));
    expect(answer.status).toBe(200);
  });

  it('takes user and password, unless Basic is switched off', async () => {
    const robin: DataCenterAccount = {
      kind: 'password',
      name: 'robin',
      password: 'p:w',
    };
    const on = await startWith([robin]);
    const credential = basic('robin', 'p:w');
    expect((await ask(on.simulator, LIST, credential)).status).toBe(200);
    const off = await startWith([robin], { basicAuthentication: false });
    expect((await ask(off.simulator, LIST, credential)).status).toBe(401);
  });

  it.each<[string, Partial<DataCenterAccount>, string]>([
    [
      'a revoked credential',
      { revoked: true },
      'auth.IncorrectPasswordAuthenticationException',
    ],
    [
      'an expired credential',
      { expiresAt: 1 },
      'auth.IncorrectPasswordAuthenticationException',
    ],
    [
      'a user without a licence',
      { licensed: false },
      'auth.NoAccessAuthenticationException',
    ],
  ])('refuses %s', async (_, change, exception) => {
    const account = { ...reader, ...change } as DataCenterAccount;
    const { simulator } = await startWith([account]);
    const answer = await ask(simulator, LIST, bearer('secret'));
    expect(answer).toMatchObject(refusal(401, exception));
  });

  it('refuses what is unknown', async () => {
    const { simulator } = await startWith([reader]);
    for (const credential of [bearer('other'), basic('other', 'secret')]) {
      expect(await ask(simulator, LIST, credential)).toMatchObject(
        refusal(401, 'auth.IncorrectPasswordAuthenticationException'),
      );
    }
  });

  it('asks for a credential where there is none', async () => {
    const { simulator } = await startWith([reader]);
    for (const path of [LIST, API, `${REST}/projects/NONE`]) {
      expect(await ask(simulator, path)).toMatchObject(
        refusal(401, 'AuthenticationRequiredException'),
      );
    }
  });

  it('shows public repositories to everybody where public access is on', async () => {
    const { simulator } = await startWith([reader], { publicAccess: true });
    expect(slugs(await ask(simulator, LIST))).toEqual(['ui']);
    expect(slugs(await ask(simulator, `${LIST}?permission=REPO_READ`))).toEqual(
      [],
    );
    expect((await ask(simulator, API)).status).toBe(401);
    const { status } = await ask(
      simulator,
      `${REST}/projects/WEB/repos/ui/tags`,
    );
    expect(status).toBe(200);
  });

  it('shows one project to its token, which is a bearer token only', async () => {
    const { simulator } = await startWith([
      { kind: 'projectToken', name: 'pay', token: 't', project: 'PAY' },
    ]);
    expect(slugs(await ask(simulator, LIST, bearer('t')))).toEqual([
      'api',
      'ledger',
    ]);
    const other = await ask(simulator, `${REST}/projects/WEB`, bearer('t'));
    expect(other).toMatchObject(refusal(401, 'AuthorisationException'));
    expect((await ask(simulator, LIST, basic('pay', 't'))).status).toBe(401);
  });

  it('shows one repository to its token, wherever it goes', async () => {
    const { simulator, instance, api } = await startWith([
      {
        kind: 'repositoryToken',
        name: 'api',
        token: 't',
        repository: 'PAY/api',
      },
    ]);
    expect(slugs(await ask(simulator, LIST, bearer('t')))).toEqual(['api']);
    const path = `${REST}/projects/PAY/repos`;
    expect((await ask(simulator, path, bearer('t'))).status).toBe(401);
    const { json } = await ask(simulator, `${REST}/projects`, bearer('t'));
    expect(json).toMatchObject({ values: [{ key: 'PAY' }] });
    instance.move(api, 'WEB');
    expect(slugs(await ask(simulator, LIST, bearer('t')))).toEqual(['api']);
  });

  it.each([
    [401, 'AuthorisationException'],
    [404, 'NoSuchRepositoryException'],
  ] as const)('answers %i for what may not be seen', async (hiddenAs, name) => {
    const { get } = await startWith(
      [{ ...reader, token: 'admin', sees: ({ slug }) => slug !== 'api' }],
      { quirks: { hiddenAs } },
    );
    expect(await get(API)).toMatchObject(refusal(hiddenAs, name));
    expect(slugs(await get(LIST))).toEqual(['ledger', 'ui']);
  });
});
