import { ConfigReader } from '@backstage/config';
import { SimulatedInstance } from '../../dev/simulator/data-center';
import { startDataCenter } from '../../testing/dataCenter';
import { dataCenterIndexOf } from '../../testing/dataCenterIndex';
import { EmittedLocation, fromTarget } from '../catalog-tables/EmittedLocation';
import { readDataCenterProviders } from '../config/dataCenterProviders';
import { readDataCenterIntegrations } from '../config/dataCenterIntegration';
import { HEAD } from '../scm/urls';
import { confirmRepository, findRenamed } from './confirmAbsence';
import { selectionOf } from './filters';

/** An instance whose list of repositories has been read, with a Location of one of them. */
async function setUp() {
  const instance = new SimulatedInstance();
  const pay = instance.addProject('PAY');
  instance.addRepository('PAY', { slug: 'shop', files: { 'a.yaml': 'a' } });
  const simulator = await startDataCenter({ instance });
  const index = dataCenterIndexOf(simulator);
  const { host } = index;
  const config = new ConfigReader({
    integrations: {
      bitbucketServer: [
        { host: host.id, apiBaseUrl: `${simulator.baseUrl}/rest/api/1.0` },
      ],
    },
    catalog: { providers: { bitbucketServer: { host: host.id } } },
  });
  const integrations = readDataCenterIntegrations(config).value;
  const [provider] = readDataCenterProviders(config, integrations).value;
  const selection = selectionOf(provider);
  const listing = { selection, pagelen: 1_000, intervalMs: 0 };
  const list = () => index.repositories.list(listing, {});
  await list();
  const [{ uuid, fullName }] = await index.repositories.known(selection);
  const target = host.urls.file(fullName, HEAD, 'a.yaml');
  const location: EmittedLocation = {
    ...fromTarget(host.urls, target)!,
    entityRef: 'location:default/shop',
    uuid,
    isInCatalog: true,
    isRecorded: true,
  };
  const tools = {
    host,
    index: index.repositories,
    selection,
    config: provider,
    context: {},
  };
  const confirm = async (from: Partial<EmittedLocation> = {}) => {
    const of = { ...location, ...from };
    const answer = await confirmRepository(tools, of, 'list');
    return answer.verdict === 'renamed or gone'
      ? (await findRenamed(tools, [of]))[0]
      : answer;
  };
  return { host, instance, pay, simulator, index, selection, uuid, confirm };
}

describe('confirmRepository of an instance', () => {
  it('confirms that a repository is gone whose name another one has', async () => {
    const { instance, pay, confirm } = await setUp();
    pay.removeRepository('shop');
    instance.addRepository('PAY', { slug: 'shop' });
    expect(await confirm()).toEqual({ verdict: 'gone' });
  });

  it('proves nothing where a repository was renamed before another one got its name', async () => {
    const { instance, confirm } = await setUp();
    instance.rename(instance.repository('PAY', 'shop'), 'store');
    instance.addRepository('PAY', { slug: 'shop' });
    expect(await confirm()).toMatchObject({
      verdict: 'changed',
      repository: { slug: 'store' },
    });
  });

  it('proves nothing where the second list fails', async () => {
    const { instance, pay, simulator, confirm } = await setUp();
    pay.removeRepository('shop');
    instance.addRepository('PAY', { slug: 'shop' });
    simulator.faults.add({ kind: 'notJson', endpoint: 'repositories' });
    expect(await confirm()).toEqual({ verdict: 'unknown' });
  });

  it('finds a repository of which only the name is known, in whatever case', async () => {
    const { confirm, host } = await setUp();
    const fullName = `${host.id}/pay/SHOP`;
    expect(await confirm({ uuid: '', fullName })).toMatchObject({
      verdict: 'changed',
    });
  });

  it('asks by the name of the Location for what was forgotten since', async () => {
    const { pay, index, selection, uuid, confirm } = await setUp();
    pay.removeRepository('shop');
    await index.repositories.forget(selection, uuid);
    expect(await confirm()).toEqual({ verdict: 'gone' });
  });
});
