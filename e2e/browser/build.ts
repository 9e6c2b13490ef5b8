import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

type Print = (text: string) => void;

const LOCK = join(__dirname, 'package-lock.json');
/** Written by npm at the end of an installation. */
const INSTALLED = join(__dirname, 'node_modules/.package-lock.json');

/** Installs what the app is made of, unless that is there already. */
export async function install(print: Print): Promise<void> {
  const isInstalled =
    existsSync(INSTALLED) &&
    statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs;
  if (!isInstalled) {
    await timed(print, 'Installed what the app is made of', ['ci']);
  }
}

/** @returns the folder of the app */
export async function buildApp(print: Print): Promise<string> {
  await timed(print, 'Built the app', ['run', '--silent', 'build']);
  return join(__dirname, 'dist/app');
}

async function timed(
  print: Print,
  done: string,
  args: string[],
): Promise<void> {
  const started = performance.now();
  await npm(args);
  const seconds = (performance.now() - started) / 1_000;
  print(`${done} in ${seconds.toFixed(0)} s`);
}

/** @throws Error with what npm printed, when it fails */
async function npm(args: string[]): Promise<void> {
  const child = spawn('npm', args, {
    cwd: __dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', data => (printed += data));
  child.stderr.on('data', data => (printed += data));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new Error(`npm ${args.join(' ')} failed:\n${printed}`);
  }
}
