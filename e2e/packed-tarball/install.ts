import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from './run';

/** What a backend needs beside our package. */
const BACKEND_PACKAGES = [
  '@backstage/backend-defaults',
  '@backstage/plugin-catalog-backend',
  'better-sqlite3',
];

/** Where better-sqlite3 has what it compiled. */
const COMPILED = 'node_modules/better-sqlite3/build';

/**
 * Installs the tarball and a backend into a folder, in the versions of the
 * project's lock file, so that the outcome does not change from day to day.
 */
export async function install(
  projectDir: string,
  dir: string,
  tarball: string,
): Promise<void> {
  const { name, devDependencies } = JSON.parse(
    await readFile(join(projectDir, 'package.json'), 'utf8'),
  );
  const dependencies = Object.fromEntries(
    BACKEND_PACKAGES.map(each => [each, devDependencies[each]]),
  );
  dependencies[name] = `file:${basename(tarball)}`;
  await writeFile(
    join(dir, 'package.json'),
    JSON.stringify({ name: 'backend', private: true, dependencies }),
  );
  await copyFile(
    join(projectDir, 'package-lock.json'),
    join(dir, 'package-lock.json'),
  );
  // Compiling better-sqlite3 takes minutes and was done for the project already.
  await run(dir, 'npm', 'install', '--ignore-scripts', '--no-audit');
  await cp(join(projectDir, COMPILED), join(dir, COMPILED), {
    recursive: true,
  });
}
