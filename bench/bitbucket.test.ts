import { countPurposes } from './bitbucket';
import { CloudBitbucket } from './cloudBitbucket';

describe('CloudBitbucket', () => {
  it('counts requests by what they were for', async () => {
    const bitbucket = await CloudBitbucket.start(10);
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
      head: 0,
      repository: 2,
      file: 1,
      search: 1,
    });
    await bitbucket.stop();
  });

  it('opens pull requests, with and without a mistake', async () => {
    const bitbucket = await CloudBitbucket.start(10);
    const fileOf = (slug: string, hasMistake: boolean) => {
      bitbucket.pushBranch({ slug, name: 'bench-1', hasMistake });
      const { source } = bitbucket.openPullRequest(slug, 'bench-1');
      return String(source.commit.tree.get('catalog-info.yaml')?.content);
    };
    const [one, other] = bitbucket.components;
    const valid = fileOf(one, false);
    expect(valid).toContain('description: as of bench-1\n');
    expect(valid).toContain('lifecycle:');
    const invalid = fileOf(other, true);
    expect(invalid).toContain('description: as of bench-1\n');
    expect(invalid).not.toContain('lifecycle:');
    await bitbucket.stop();
  });

  it('says who owns the components, and what was reported on a head', async () => {
    const bitbucket = await CloudBitbucket.start(10);
    const [slug] = bitbucket.components;
    expect(bitbucket.teams.length).toBeGreaterThan(1);
    expect(bitbucket.teams.every(team => /^team-\w+$/.test(team))).toBe(true);
    bitbucket.pushBranch({ slug, name: 'bench-1', hasMistake: true });
    const pullRequest = bitbucket.openPullRequest(slug, 'bench-1');
    expect(bitbucket.reportOn(pullRequest)).toBeUndefined();
    const { repository, commit } = pullRequest.source;
    repository.reports.put(
      commit,
      'catalog',
      { title: '', details: '', report_type: 'BUG', result: 'FAILED' },
      1_000,
    );
    expect(bitbucket.reportOn(pullRequest)).toEqual({
      at: 1_000,
      result: 'FAILED',
    });
    await bitbucket.stop();
  });
});
