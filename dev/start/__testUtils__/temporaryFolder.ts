import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that is there until the end of the test. */
export class TemporaryFolder {
  private constructor(readonly path: string) {}

  static async create(): Promise<TemporaryFolder> {
    const folder = await mkdtemp(join(tmpdir(), 'workspace-'));
    folders.push(folder);
    return new TemporaryFolder(folder);
  }

  /** @param files - by path */
  async write(files: Record<string, string>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.path, path)), { recursive: true });
      await writeFile(join(this.path, path), content);
    }
  }

  /** @param paths - of files and folders */
  async remove(...paths: string[]): Promise<void> {
    for (const path of paths) {
      await rm(join(this.path, path), { recursive: true });
    }
  }
}

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) {
    await rm(folder, { recursive: true, force: true });
  }
});
