/**
 * Checks what would be published: packs the tarball, compares its list of files,
 * installs it beside a plain Backstage backend in an empty folder, starts that
 * backend against the simulator, and waits for components in its catalog.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadWorkspaceFolder, startSimulator } from '../../dev/simulator';
import { startBackend } from './backend';
import { install } from './install';
import { pack } from './pack';

const projectDir = join(__dirname, '../..');

async function main(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'packed-tarball-'));
  try {
    const tarball = await pack(projectDir, dir);
    await install(projectDir, dir, tarball);
    await checkThatTheCatalogFills(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function checkThatTheCatalogFills(dir: string): Promise<void> {
  const workspace = loadWorkspaceFolder(join(projectDir, 'dev/workspace'));
  const simulator = await startSimulator({ workspaces: [workspace] });
  try {
    const backend = await startBackend(dir, {
      apiBaseUrl: simulator.apiBaseUrl,
      workspace: workspace.slug,
    });
    try {
      const components = await backend.waitForComponents();
      console.log(`The catalog has ${components.length} components.`);
    } finally {
      await backend.stop();
    }
  } finally {
    await simulator.stop();
  }
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
