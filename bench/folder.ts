import { accessSync, constants, rmSync } from 'node:fs';
import { mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY_DISK = '/dev/shm';

/** Ample for the databases of 15,000 repositories. */
const ENOUGH_BYTES = 4 * 1024 ** 3;

/**
 * A new folder for databases and logs, which is removed when the process ends:
 * in memory, where that is possible, so that the figures measure the modules and
 * not a disk.
 */
export async function createFolder(): Promise<string> {
  const parent = (await hasMemoryDisk()) ? MEMORY_DISK : tmpdir();
  const folder = await mkdtemp(join(parent, 'bitbucket-bench-'));
  // Again, where a process that was ended has written something meanwhile.
  const options = { recursive: true, force: true, maxRetries: 5 };
  process.once('exit', () => rmSync(folder, options));
  return folder;
}

async function hasMemoryDisk(): Promise<boolean> {
  try {
    accessSync(MEMORY_DISK, constants.W_OK);
    const { bavail, bsize } = await statfs(MEMORY_DISK);
    return bavail * bsize > ENOUGH_BYTES;
  } catch {
    return false;
  }
}
