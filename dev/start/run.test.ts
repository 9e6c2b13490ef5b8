import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../freePort';

describe('npm start', () => {
  let child: ChildProcess;
  let stdout = '';
  let port: number;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'workspace-'));
    await cp(resolve(__dirname, '../workspace'), folder, { recursive: true });
    port = await freePort();
    start();
    await shows('Ctrl-C ends it.');
  }, 120_000);
  afterAll(async () => {
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    await exit;
    await rm(folder, { recursive: true });
  });

  function start(): void {
    const script = require.resolve('./__testUtils__/startWith');
    child = spawn(
      process.execPath,
      ['--import', 'tsx', script, `${port}`, folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    child.stdout?.on('data', chunk => {
      stdout += chunk;
    });
  }

  async function shows(text: string): Promise<void> {
    while (!stdout.includes(text)) {
      if (child.exitCode !== null) {
        throw new Error(`Ended before "${text}":\n${stdout}`);
      }
      await sleep(100);
    }
  }

  it('shows a change of a file as a push that is delivered', async () => {
    const [, path] = stdout.match(/^Try it: change dev\/workspace\/(\S+)/m)!;
    const [, entity] = stdout.match(/^One of them\n {2}curl -s '(\S+)'$/m)!;

    const file = join(folder, path);
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace('Booking API', 'Book a crossing'));
    await shows('Processed a delivery');
    while (!(await (await fetch(entity)).text()).includes('Book a crossing')) {
      await sleep(100);
    }
    expect(stdout).toMatch(
      /info simulator: Pushed to main of skerry-lines\/booking-api \(catalog-info\.yaml\), delivered\n.* info catalog: Processed a delivery for skerry-lines\/booking-api: 1 catalog file, 0 added, 1 changed/,
    );
  }, 120_000);

  it('checks a pull request, and again after each change of its files', async () => {
    const [, url] = stdout.match(/^ {2}(http\S+\/pull-requests\/1)$/m)!;

    const page = async (text: string | RegExp) => {
      for (;;) {
        const shown = await (await fetch(url)).text();
        if (shown.search(text) !== -1) {
          return shown;
        }
        await sleep(100);
      }
    };
    const failed = await page(/2 errors and 1 warning in 2 of 3 catalog files/);
    expect(failed).toContain('Did you mean group:default/harbour?');
    const [run] = failed.match(
      new RegExp(`http://127.0.0.1:${port}/api/catalog/bitbucket/runs/\\w+`),
    )!;
    expect(await (await fetch(run)).text()).toContain('2 errors');

    const services = join(folder, 'pull-requests/fleet/tides/services');
    for (const [path, wrong, right] of [
      ['positions/catalog-info.yaml', 'harbor', 'harbour'],
      ['tides/catalog-info.yaml', 'tide forecast', 'tide-forecast'],
      ['tides/catalog-info.yaml', 'openapi.yml', 'openapi.yaml'],
    ]) {
      const file = join(services, path);
      const before = await readFile(file, 'utf8');
      await writeFile(file, before.replace(wrong, right));
    }
    await page(/3 catalog files are valid/);
  }, 120_000);
});
