import { SimulatedInstance } from '../../dev/simulator/data-center';
import { startDataCenter } from '../../testing/dataCenter';
import { dataCenterIndexOf } from '../../testing/dataCenterIndex';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { readDataCenterProviders } from '../config/dataCenterProviders';
import { ConfigReader } from '@backstage/config';
import { ProviderSubscriber } from './ProviderSubscriber';
import { ProviderWalks } from './ProviderWalk';

describe('ProviderSubscriber', () => {
  it('names what holds the repositories in the words of its product', async () => {
    const instance = new SimulatedInstance();
    const index = dataCenterIndexOf(await startDataCenter({ instance }));
    const host = index.host.id;
    const [config] = readDataCenterProviders(
      new ConfigReader({
        catalog: { providers: { bitbucketServer: { host } } },
      }),
      [{ host } as never],
    ).value;
    const subscriber = new ProviderSubscriber({
      config,
      index,
      logger: recordingLogger(),
      walks: {} as ProviderWalks,
    });
    const workspace = 'git.example.org';
    const about = {
      workspace,
      uuid: `${workspace}#1`,
      fullName: `${workspace}/PAY/api`,
    };
    expect(await subscriber.skipReason({ kind: 'repository', ...about })).toBe(
      `${workspace}/PAY/api: not in instance ${host}`,
    );
    expect(
      await subscriber.skipReason({
        kind: 'project',
        workspace,
        projectKey: 'PAY',
      }),
    ).toBe(`project PAY: not in instance ${host}`);
  });
});
