import { Bitbucket, countPurposes } from './bitbucket';

describe('Bitbucket', () => {
  it('counts requests by what they were for', async () => {
    const bitbucket = await Bitbucket.start(10);
    const [slug] = bitbucket.components;
    const headers = {
      Authorization: `Basic ${Buffer.from('bench@example.com:token').toString('base64')}`,
    };
    const list = `${bitbucket.apiBaseUrl}/repositories/bench`;
    for (const url of [
      list,
      `${list}?q=updated_on+%3E%3D+2026-01-01`,
      `${list}/${slug}/src/main/`,
      `${list}/${slug}/src/main/catalog-info.yaml`,
      `${list}/${slug}/refs/branches/main`,
      `${bitbucket.apiBaseUrl}/workspaces/bench/projects`,
    ]) {
      await fetch(url, { headers });
    }
    expect(countPurposes(bitbucket.since(0))).toEqual({
      listing: 1,
      updates: 1,
      repository: 2,
      file: 1,
      search: 1,
    });
    await bitbucket.stop();
  });
});
