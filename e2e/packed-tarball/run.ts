import { spawn } from 'node:child_process';

/**
 * Runs a command to its end, its output passed on.
 *
 * @throws Error when it ends with anything but 0
 */
export async function run(
  cwd: string,
  command: string,
  ...args: string[]
): Promise<void> {
  const line = [command, ...args].join(' ');
  console.log(`$ ${line}`);
  const child = spawn(command, args, { cwd, stdio: 'inherit' });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) {
    throw new Error(`${line} ended with ${status}`);
  }
}
