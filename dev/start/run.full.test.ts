import { correct, Demonstration, page } from './__testUtils__/demonstration';

describe('npm start -- --data-center', () => {
  let started: Demonstration;

  beforeAll(async () => {
    started = await Demonstration.start(['--data-center']);
  }, 120_000);
  afterAll(() => started.stop());

  it('fills a catalog from an instance, and prints where to find it', async () => {
    const { stdout } = started;
    expect(stdout).toMatch(
      /^A simulator plays Bitbucket Data Center at http:\/\/127\.0\.0\.1:\d+\/rest\/api\/latest\nand serves Skerry Lines from dev\/workspace: 34 repositories in 5 projects\.$/m,
    );
    expect(stdout).toContain('Walking the instance …');
    expect(stdout).toMatch(/^ {2}Component +3\d$/m);
    expect(stdout).toMatch(/^ {2}\/rest\/api\/latest\/repos +\d+$/m);
    const urls = [...stdout.matchAll(/curl -s '([^']+)'/g)].map(m => m[1]);
    expect(urls).toHaveLength(4);
    for (const url of urls) {
      expect(await (await fetch(url)).text()).toMatch(/"(spec|lastWalk)"/);
    }
  }, 120_000);

  it('shows a change of a file as a push that is delivered', async () => {
    const [, entity] = started.stdout.match(
      /^One of them\n {2}curl -s '(\S+)'$/m,
    )!;
    await started.edit(
      'repositories/booking-api/catalog-info.yaml',
      'Booking API',
      'Book a crossing',
    );
    await started.shows('Processed a delivery');
    await page(entity, 'Book a crossing');
    expect(started.stdout).toMatch(
      /info simulator: Pushed to main of PAX\/booking-api \(catalog-info\.yaml\), delivered\n.* info catalog: Processed a delivery for \S+\/PAX\/booking-api: 1 catalog file, 0 added, 1 changed/,
    );
  }, 120_000);

  it('checks a pull request, and again after each change of its files', async () => {
    await started.shows('Report on a commit of OPS/fleet');
    const [, run] = started.stdout.match(
      /info simulator: Report on a commit of OPS\/fleet: 2 errors and 1 warning in 2 of 3 catalog files\. .* (http:\S+\/api\/catalog\/bitbucket\/runs\/\w+)$/m,
    )!;
    await page(run, 'Did you mean group:default/harbour\\?');
    await correct(started);
    await started.shows('OPS/fleet: 3 catalog files are valid');
    // The page says so once everything is posted.
    const passed = await page(run, '3 catalog files are valid');
    expect(passed).toContain('Predict the depth at every quay');
  }, 120_000);
});
