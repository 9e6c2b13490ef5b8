import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from '../../dev/freePort';

/** How long the catalog may take to fill. */
const PATIENCE_MS = 120_000;

type Source = { apiBaseUrl: string; workspace: string };

/** A backend that runs in a process of its own. */
export class Backend {
  private log = '';

  constructor(
    private readonly process: ChildProcess,
    private readonly baseUrl: string,
  ) {
    const keep = (chunk: Buffer) => {
      this.log += chunk;
    };
    process.stdout?.on('data', keep);
    process.stderr?.on('data', keep);
  }

  /** @throws Error with the backend's log when it ends or takes too long */
  async waitForComponents(): Promise<unknown[]> {
    const deadline = Date.now() + PATIENCE_MS;
    while (this.process.exitCode === null && Date.now() < deadline) {
      const components = await this.queryComponents();
      if (components.length > 0) {
        return components;
      }
      await sleep(500);
    }
    throw new Error(`No components in the catalog.\n${this.log}`);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      this.process.kill('SIGKILL');
      await once(this.process, 'close');
    }
  }

  /** None while the backend is not up yet. */
  private async queryComponents(): Promise<unknown[]> {
    try {
      const response = await fetch(
        `${this.baseUrl}/api/catalog/entities?filter=kind=component`,
      );
      return response.ok ? ((await response.json()) as unknown[]) : [];
    } catch {
      return [];
    }
  }
}

/** Starts `backend.js` in a folder where everything is installed. */
export async function startBackend(
  dir: string,
  source: Source,
): Promise<Backend> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  await writeFile(
    join(dir, 'app-config.yaml'),
    stringify(toConfig(baseUrl, port, source)),
  );
  await copyFile(join(__dirname, 'backend.js'), join(dir, 'backend.js'));
  return new Backend(spawn('node', ['backend.js'], { cwd: dir }), baseUrl);
}

function toConfig(
  baseUrl: string,
  port: number,
  { apiBaseUrl, workspace }: Source,
) {
  return {
    app: { baseUrl },
    backend: {
      baseUrl,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: ':memory:' },
      auth: { dangerouslyDisableDefaultAuthPolicy: true },
    },
    integrations: { bitbucketCloud: [{ apiBaseUrl }] },
    catalog: {
      providers: {
        bitbucketCloud: {
          workspace,
          schedule: { frequency: { minutes: 30 }, timeout: { minutes: 5 } },
        },
      },
    },
  };
}
