/**
 * Checks what would be published: packs the tarball, compares its list of files,
 * and installs it beside the oldest and the newest Backstage that it supports.
 * Each of these backends is started against the simulator: the catalog has to
 * fill, a location that is registered by hand has to follow a push, and a pull request
 * has to get its report.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkBackend } from './checkBackend';
import { install, Release } from './install';
import { pack } from './pack';

const RELEASES: Release[] = ['oldest', 'newest'];

const projectDir = join(__dirname, '../..');

async function main(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'packed-tarball-'));
  try {
    const tarball = await pack(projectDir, dir);
    // At once, since most of it is waiting.
    await Promise.all(
      RELEASES.map(release =>
        install(projectDir, release, tarball, join(dir, release)),
      ),
    );
    for (const release of RELEASES) {
      console.log(`Beside the ${release} release:`);
      await checkBackend(projectDir, join(dir, release));
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
