import { correct, Demonstration, page } from './__testUtils__/demonstration';

describe('npm start', () => {
  let started: Demonstration;

  beforeAll(async () => {
    started = await Demonstration.start();
  }, 120_000);
  afterAll(() => started.stop());

  it('shows a change of a file as a push that is delivered', async () => {
    const { stdout } = started;
    const [, path] = stdout.match(/^Try it: change dev\/workspace\/(\S+)/m)!;
    const [, entity] = stdout.match(/^One of them\n {2}curl -s '(\S+)'$/m)!;

    await started.edit(path, 'Booking API', 'Book a crossing');
    await started.shows('Processed a delivery');
    await page(entity, 'Book a crossing');
    expect(started.stdout).toMatch(
      /info simulator: Pushed to main of skerry-lines\/booking-api \(catalog-info\.yaml\), delivered\n.* info catalog: Processed a delivery for skerry-lines\/booking-api: 1 catalog file, 0 added, 1 changed/,
    );
  }, 120_000);

  it('checks a pull request, and again after each change of its files', async () => {
    const [, url] = started.stdout.match(/^ {2}(http\S+\/pull-requests\/1)$/m)!;

    // Which is posted last, after the report.
    const failed = await page(url, 'Did you mean group:default/harbour\\?');
    expect(failed).toContain('2 errors and 1 warning in 2 of 3 catalog files');
    const [run] = failed.match(
      new RegExp(
        `http://127.0.0.1:${started.port}/api/catalog/bitbucket/runs/\\w+`,
      ),
    )!;
    expect(await (await fetch(run)).text()).toContain('2 errors');

    await correct(started);
    await page(url, /3 catalog files are valid/);
  }, 120_000);
});
