import { readdir } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { run } from './run';

/** Files that have to be in the tarball. */
const REQUIRED = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'config.schema.json', // Compiled from config.d.ts by backstage-cli.
  'dist/data-center.cjs.js',
  'dist/data-center.d.ts',
  'dist/index.cjs.js',
  'dist/index.d.ts',
  'package.json',
];

/** Everything else that may be there: the code and its source maps. */
const CODE =
  /^dist\/(?!.*(\.test|__tests__|__testUtils__)).+\.cjs\.js(\.map)?$/;

/** Types that both entry points have. */
const SHARED_TYPES = /^dist\/types\/[^/]+\.d\.ts$/;

/**
 * Builds and packs the project as for the registry.
 *
 * @returns the path of the tarball, within `targetDir`
 * @throws Error when a file is missing from it or should not be in it
 */
export async function pack(
  projectDir: string,
  targetDir: string,
): Promise<string> {
  await run(
    projectDir,
    'npm',
    'pack',
    '--quiet',
    '--pack-destination',
    targetDir,
  );
  const [name] = (await readdir(targetDir)).filter(file =>
    file.endsWith('.tgz'),
  );
  const tarball = join(targetDir, name);
  const files = await listFiles(tarball);
  const missing = REQUIRED.filter(file => !files.includes(file));
  const unexpected = files.filter(
    file =>
      !REQUIRED.includes(file) && !CODE.test(file) && !SHARED_TYPES.test(file),
  );
  if (missing.length || unexpected.length) {
    throw new Error(
      `${name} lacks [${missing.join(', ')}] and should not hold [${unexpected.join(', ')}]`,
    );
  }
  return tarball;
}

async function listFiles(tarball: string): Promise<string[]> {
  const files: string[] = [];
  const entries = extract();
  entries.on('entry', (header, content, next) => {
    files.push(header.name.replace(/^package\//, ''));
    content.on('end', next).resume();
  });
  await pipeline(createReadStream(tarball), createGunzip(), entries);
  return files;
}
