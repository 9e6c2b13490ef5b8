import { collect } from '../bitbucket/collect';
import { openPullRequest, report, status } from './openPullRequest';
import { Shop } from './shop';

export function describePosts(shop: () => Shop): void {
  it('puts a report, replaces it, and deletes it with its annotations', async () => {
    const { api, world, head } = await openPullRequest(shop());
    const annotation = {
      id: 'catalog-1',
      severity: 'error',
      summary: 'No owner',
      path: 'a.yaml',
      line: 1,
    } as const;
    await api.putReport(head, report, {});
    await api.putAnnotations(head, report.id, [annotation], {});
    const posted = async () => (await world.posted('shop', head.hash)).reports;
    const { id, title, details, link } = report;
    const { severity: _, ...kept } = annotation;
    expect(await posted()).toEqual([
      {
        id,
        title,
        details,
        isPassed: false,
        link,
        values: ['Errors', 'Target', 'Duration', 'Log'],
        annotations: [kept],
      },
    ]);

    await api.deleteReport(head, id, {});
    expect(await posted()).toEqual([]);
    await api.deleteReport(head, id, {});
    await api.putReport(head, report, {});
    const passed = { ...report, isPassed: true, details: 'Fine.', values: [] };
    await api.putReport(head, passed, {});
    expect(await posted()).toMatchObject([
      { id, isPassed: true, details: 'Fine.', values: [], annotations: [] },
    ]);
  });

  it('puts as many annotations as it says it takes, and replaces those of the same ids', async () => {
    const { api, world, head } = await openPullRequest(shop());
    const { annotations: most, summary } = api.limits;
    const annotations = Array.from({ length: most }, (_, index) => ({
      id: `${index}`,
      severity: (['error', 'warning', 'note'] as const)[index % 3],
      summary: 'x'.repeat(summary),
    }));
    await api.putReport(head, report, {});
    await api.putAnnotations(head, report.id, annotations, {});
    const other = { id: '0', severity: 'note', summary: 'Other' } as const;
    await api.putAnnotations(head, report.id, [other], {});
    await api.putAnnotations(head, report.id, [], {});
    const { reports } = await world.posted('shop', head.hash);
    expect(reports[0].annotations).toHaveLength(most);
    expect(reports[0].annotations[0]).toMatchObject({ summary: 'Other' });
  });

  it('takes what is as long as its limits, and does not fail over more', async () => {
    const { api, world, repository, number, head } =
      await openPullRequest(shop());
    const { details, values, summary, description, comment } = api.limits;
    for (const more of [0, 1]) {
      const text = (length: number) => 'x'.repeat(length + more);
      await api.putReport(
        head,
        {
          ...report,
          details: text(details),
          values: Array(values + more).fill(report.values[0]),
        },
        {},
      );
      await api.putAnnotations(
        head,
        report.id,
        [{ id: '1', severity: 'note', summary: text(summary) }],
        {},
      );
      const long = { ...status, description: text(description) };
      await api.putStatus(head, long, {});
      await api.createComment(repository, number, text(comment), {});
    }
    const { reports, statuses } = await world.posted('shop', head.hash);
    expect(reports[0].details.length).toBeLessThanOrEqual(details);
    expect(reports[0].values).toHaveLength(values);
    expect(statuses[0].description.length).toBeLessThanOrEqual(description);
  });

  it('puts a build status, and replaces it', async () => {
    const { api, world, head } = await openPullRequest(shop());
    const { key } = status;
    for (const [isPassed, description] of [
      [false, 'One error'],
      [true, 'Fixed'],
    ] as const) {
      await api.putStatus(head, { ...status, isPassed, description }, {});
      const { statuses } = await world.posted('shop', head.hash);
      expect(statuses).toEqual([{ key, isPassed, description }]);
    }
  });

  it('makes a comment and edits it, until a person deletes it', async () => {
    const { api, world, repository, number } = await openPullRequest(shop());
    const id = await api.createComment(repository, number, '**One**', {});
    const edit = (text: string) =>
      api.updateComment(repository, number, id, text, {});
    expect(await world.comments('shop', number)).toEqual([
      { id, text: '**One**' },
    ]);
    expect(await edit('Two')).toBe(true);
    expect(await world.comments('shop', number)).toEqual([{ id, text: 'Two' }]);
    await world.deleteComment('shop', number, id);
    expect(await edit('Three')).toBe(false);
    expect(await world.comments('shop', number)).toEqual([]);
  });

  it('lists the comments that have not been deleted, the newest first', async () => {
    const { api, world, repository, number } = await openPullRequest(shop());
    const list = () => collect(api.listComments(repository, number, {}));
    expect(await list()).toEqual([]);
    const ids = new Map<string, string>();
    for (const text of ['One', 'Two', '**Three**']) {
      await world.comment('shop', number, 'Of someone else');
      ids.set(text, await api.createComment(repository, number, text, {}));
    }
    await world.deleteComment('shop', number, ids.get('Two')!);
    const listed = await list();
    expect(listed).toHaveLength(5);
    expect(listed.filter(({ text }) => text !== 'Of someone else')).toEqual([
      { id: ids.get('**Three**'), text: '**Three**' },
      { id: ids.get('One'), text: 'One' },
    ]);
  });

  it('lists more comments than one page has', async () => {
    const { api, world, repository, number } = await openPullRequest(shop());
    for (const index of Array(120).keys()) {
      await world.comment('shop', number, `${index}`);
    }
    const listed = await collect(api.listComments(repository, number, {}));
    const texts = listed.map(({ text }) => text);
    expect(new Set(texts).size).toBe(120);
    expect([texts[0], texts[119]]).toEqual(['119', '0']);
  });

  it('takes links to public hosts, and says which links it does not take', async () => {
    const { api, world, head } = await openPullRequest(shop());
    expect(api.takesLink('https://backstage.example.com/runs/1')).toBe(true);
    expect(api.takesLink('http://localhost:7007/')).toBe(false);
    for (const link of world.refusedLinks) {
      expect(api.takesLink(link)).toBe(false);
      const posts = [
        api.putReport(head, { ...report, link }, {}),
        api.putStatus(head, { ...status, url: link }, {}),
      ];
      for (const post of posts) {
        await expect(post).rejects.toMatchObject({ name: 'RefusedLinkError' });
      }
    }
    await api.putReport(head, { ...report, link: undefined }, {});
  });

  it('names scopes for a person', async () => {
    const { api } = await openPullRequest(shop());
    expect(api.scopes.report).toMatch(/\S/);
    expect(api.scopes.comment).toMatch(/\S/);
  });
}
