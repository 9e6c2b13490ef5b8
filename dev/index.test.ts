import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { freePort } from './freePort';

/** Runs what `npm start` runs. */
function start(args: string[]) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'dev/index.ts', ...args],
    { cwd: resolve(__dirname, '..') },
  );
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', chunk => {
    output.stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    output.stderr += chunk;
  });
  return { child, output };
}

async function shows(
  { child, output }: ReturnType<typeof start>,
  text: string,
): Promise<void> {
  while (!output.stdout.includes(text)) {
    if (child.exitCode !== null) {
      throw new Error(`Ended before "${text}":\n${output.stderr}`);
    }
    await once(child.stdout, 'data');
  }
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  return child.exitCode ?? (await once(child, 'exit'))[0];
}

describe('npm start', () => {
  it('fills a catalog, prints where to find it, and ends on SIGINT', async () => {
    const port = await freePort();
    const started = start(['--port', `${port}`]);
    try {
      await shows(started, 'Ctrl-C ends it.');
      const { stdout, stderr } = started.output;
      expect(stderr).toBe('');
      expect(stdout).toMatch(/^ {2}Component +3\d$/m);
      const urls = [...stdout.matchAll(/curl -s '([^']+)'/g)].map(m => m[1]);
      expect(urls).toHaveLength(4);
      for (const url of urls) {
        expect(await (await fetch(url)).text()).toMatch(/"(spec|lastWalk)"/);
      }
    } finally {
      started.child.kill('SIGINT');
    }
    expect(await exitCode(started.child)).toBe(0);
    expect(started.output.stderr).toBe('');
  }, 120_000);

  it('names the remedy when the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { child, output } = start(['--port', `${port}`]);
    expect(await exitCode(child)).toBe(1);
    expect(output.stderr).toMatch(
      new RegExp(`^Port ${port} is in use\\. .* --port \\d+\\n$`),
    );
    server.close();
  }, 30_000);
});
