import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from './run';

/** A folder of `releases/`: the Backstage that a backend is made of. */
export type Release = 'oldest' | 'newest';

/** Compiling it takes minutes and was done for the project already. */
const COMPILED = 'node_modules/better-sqlite3';

const FLAGS = ['--ignore-scripts', '--no-audit', '--prefer-offline'];

/**
 * Installs a backend into a folder, in the versions of the release's lock file,
 * so that the outcome does not change from day to day; then the tarball beside
 * it, as a user of such a backend would.
 */
export async function install(
  projectDir: string,
  release: Release,
  tarball: string,
  dir: string,
): Promise<void> {
  await mkdir(dir);
  for (const name of ['package.json', 'package-lock.json']) {
    await copyFile(join(__dirname, 'releases', release, name), join(dir, name));
  }
  await run(dir, 'npm', 'ci', ...FLAGS);
  await run(dir, 'npm', 'install', ...FLAGS, `../${basename(tarball)}`);
  await rm(join(dir, COMPILED), { recursive: true });
  await cp(join(projectDir, COMPILED), join(dir, COMPILED), {
    recursive: true,
  });
}
