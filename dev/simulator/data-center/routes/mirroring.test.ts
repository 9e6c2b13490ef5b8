import { API, startPay } from '../../../../testing/simulator/pay';

const ROOT = '/rest/mirroring/latest';

type Rows = {
  values: { properties: { contentHash: string; metadataHash: string } }[];
};

describe('mirroring', () => {
  it('is not available unless it is switched on', async () => {
    const { get } = await startPay();
    expect((await get(`${ROOT}/repos`)).status).toBe(409);
    expect((await get(`${ROOT}/projects/1/repos`)).status).toBe(409);
  });

  it('has hashes that move with the refs, and with all the rest', async () => {
    const { get, pay, instance, api } = await startPay({ mirrorHashes: true });
    const properties = async () => {
      const path = `${ROOT}/projects/1/repos?includeDefaultBranch=true`;
      return ((await get(path)).json as Rows).values[0].properties;
    };
    const before = await properties();
    expect(before).toMatchObject({ defaultBranchId: 'refs/heads/main' });
    expect(await properties()).toEqual(before);
    pay.push('api', { b: 'b' });
    const pushed = await properties();
    expect(pushed.contentHash).not.toBe(before.contentHash);
    expect(pushed.metadataHash).toBe(before.metadataHash);
    instance.rename(api, 'other');
    const renamed = await properties();
    expect(renamed.contentHash).toBe(pushed.contentHash);
    expect(renamed.metadataHash).not.toBe(pushed.metadataHash);
    expect((await get(`${ROOT}/repos`)).json).toMatchObject({ size: 1 });
    expect((await get(`${ROOT}/projects/9/repos`)).status).toBe(404);
    expect((await get(API)).status).toBe(307);
  });
});
