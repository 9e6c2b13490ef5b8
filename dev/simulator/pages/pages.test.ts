import { start } from '../../../testing/simulator';
import { SimulatedWorkspace } from '..';

const EVIL = '</script><script>alert(1)</script>"\'&';

/** A pull request in a private repository, with an annotation on its third line. */
async function startShop(options: { branch?: string; title?: string } = {}) {
  const { branch = 'feature/x', title = 'Sell kayaks' } = options;
  const acme = new SimulatedWorkspace({ slug: 'acme', name: 'Acme' });
  acme.addRepository({
    slug: 'shop',
    isPrivate: true,
    files: { 'a.yaml': 'one\ntwo\n', 'old.txt': 'as ever' },
  });
  const commit = acme.push(
    'shop',
    { 'a.yaml': 'one\ntwo\nthree\n', 'b.bin': Buffer.from([0, 1]) },
    { branch },
  );
  const pullRequest = acme.pullRequests.open('shop', {
    source: branch,
    title,
    description: '**Why**: people ask for them',
  });
  const simulator = await start({ workspaces: [acme], accounts: [] });
  const { reports, buildStatuses } = acme.repository('shop');
  const now = Date.UTC(2026, 10, 27);
  const page = (path = '/1') =>
    fetch(`${simulator.webBaseUrl}/acme/shop/pull-requests${path}`);
  return {
    acme,
    pullRequest,
    simulator,
    page,
    text: async (path?: string) => toText(await (await page(path)).text()),
    report: (details: string, findings: object[]) => {
      const report = reports.put(
        commit,
        'checks',
        {
          title: 'Catalog',
          details,
          report_type: 'TEST',
          result: 'FAILED',
          link: 'https://backstage.example.com/runs/1',
          data: [
            { title: 'Errors', type: 'NUMBER', value: 1_234 },
            { title: 'Took', type: 'DURATION', value: 1_500 },
          ],
        },
        now,
      );
      const annotations = findings.map((finding, index) => ({
        external_id: `${index}`,
        annotation_type: 'BUG',
        severity: 'HIGH',
        summary: 'Wrong',
        ...finding,
      }));
      reports.annotate(report, annotations, now);
    },
    build: (refname: string | undefined, name: string) =>
      buildStatuses.post(
        commit,
        { key: name, name, state: 'FAILED', url: 'https://a.example', refname },
        now,
      ),
  };
}

/** What is read of a page, without tags and in one line. */
function toText(page: string): string {
  return page
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the page of a pull request', () => {
  it('shows what it is about, and the lines that it changes', async () => {
    const { text } = await startShop();
    const page = await text();
    expect(page).toContain('Sell kayaks #1');
    expect(page).toContain('Robin Example feature/x → main OPEN');
    expect(page).toContain('Why : people ask for them');
    expect(page).toContain('2 files');
    expect(page).toContain(
      'Modified a.yaml +1 −0 @@ -1,2 +1,3 @@ 1 1 one 2 2 two 3 + three',
    );
    expect(page).toContain('Added b.bin +0 −0 The contents are not shown.');
    expect(page).not.toContain('old.txt');
  });

  it('shows the reports on its last commit, with annotations on their lines', async () => {
    const { text, report } = await startShop();
    expect(await text()).toContain('No report on the last commit.');
    report('One error', [
      { path: 'a.yaml', line: 3, summary: 'No such number' },
      { path: 'a.yaml', summary: 'The whole file is wrong' },
      { path: 'a.yaml', line: 300, summary: 'Far away' },
      { path: 'elsewhere.yaml', line: 7, summary: 'Not touched' },
      { summary: 'In general' },
    ]);
    const page = await text();
    expect(page).toMatch(/FAILED Catalog .*One error/);
    expect(page).toMatch(/Errors 1,234 Took 1\.5 s View full report/);
    expect(page).toMatch(/3 \+ three High Bug No such number/);
    expect(page).toMatch(
      /a\.yaml \+1 −0 High Bug The whole file is wrong High Bug line 300 Far away @@/,
    );
    expect(page).toContain('5 annotations, 3 in the files');
    expect(page).toMatch(
      /in the files High Bug elsewhere\.yaml:7 Not touched High Bug In general/,
    );
  });

  it('does not show the reports on commits before the last', async () => {
    const { acme, text, report } = await startShop();
    report('One error', []);
    acme.push('shop', { 'a.yaml': 'one\n' }, { branch: 'feature/x' });
    const page = await text();
    expect(page).toContain('No report on the last commit.');
    expect(page).toContain('2 − two');
  });

  it('shows builds of its branch, and comments that are not deleted', async () => {
    const { acme, pullRequest, text, build } = await startShop();
    build('feature/x', 'Ours');
    build(undefined, 'Of any branch');
    build('feature/y', 'Of another branch');
    acme.pullRequests.comment(pullRequest, { raw: 'Looks **good**' });
    const gone = acme.pullRequests.comment(pullRequest, { raw: 'Oh no' });
    acme.pullRequests.deleteComment(pullRequest, gone);
    const page = await text();
    expect(page).toMatch(/Builds 2 FAILED Ours .* FAILED Of any branch/);
    expect(page).not.toContain('Of another branch');
    expect(page).toMatch(/Comments 1 .*Looks good/);
  });

  it('escapes what others have written', async () => {
    const { acme, pullRequest, page, report, build } = await startShop({
      branch: EVIL,
      title: EVIL,
    });
    report(EVIL, [{ path: 'a.yaml', line: 3, summary: EVIL, link: EVIL }]);
    build(EVIL, EVIL);
    acme.pullRequests.comment(pullRequest, {
      raw: `${EVIL} [x](javascript:alert(1)) [y](https://a.example/"onclick=")`,
      author: EVIL,
    });
    acme.push('shop', { [EVIL]: EVIL }, { branch: EVIL });
    for (const path of ['', '/1']) {
      const text = await (await page(path)).text();
      expect(text.match(/<script/g)).toHaveLength(1);
      expect(text).not.toContain('"onclick');
      expect(text).not.toContain('href="javascript');
    }
  });

  it('lets nothing run but its own script', async () => {
    const { page } = await startShop();
    const response = await page();
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('has another version when something has changed, and no other otherwise', async () => {
    const { page, report } = await startShop();
    const version = async () =>
      /data-version="([^"]+)"/.exec(await (await page()).text())?.[1];
    const before = await version();
    expect(before).toEqual(expect.any(String));
    expect(await version()).toBe(before);
    report('One error', []);
    expect(await version()).not.toBe(before);
  });

  it('is not there for what there is not', async () => {
    const { page, simulator } = await startShop();
    expect((await page('/2')).status).toBe(404);
    const other = `${simulator.webBaseUrl}/acme/nothing/pull-requests`;
    expect((await fetch(other)).status).toBe(404);
  });

  it('leaves no trace in the log of requests', async () => {
    const { page, simulator } = await startShop();
    await page();
    expect(simulator.requests.entries).toEqual([]);
  });
});

describe('the list of pull requests', () => {
  it('has the open ones first', async () => {
    const { acme, text } = await startShop();
    const declined = acme.pullRequests.open('shop', {
      source: 'feature/x',
      title: 'Sell boats',
      draft: true,
    });
    acme.pullRequests.decline(declined);
    expect(await text('')).toMatch(
      /Sell kayaks #1 .* OPEN .*Sell boats #2 .* DECLINED DRAFT/,
    );
  });
});
