import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from '../../dev/freePort';

/** How long the catalog may take to fill, or to follow a push. */
const PATIENCE_MS = 120_000;

type Source = {
  apiBaseUrl: string;
  workspace: string;
  /** Which repositories the provider takes, as in `filters.repoSlug`. */
  repoSlug: string;
  /** What deliveries are signed with. */
  secret: string;
  /** Root of an instance of Bitbucket Data Center, all of which is taken. */
  dataCenterUrl: string;
};

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

  /** Where webhooks deliver. */
  get deliveriesUrl(): string {
    return `${this.baseUrl}/api/events/http/bitbucketCloud`;
  }

  /**
   * @returns how many there are
   * @throws Error with the backend's log when it ends or takes too long
   */
  async waitForComponents(): Promise<number> {
    const query = 'entities?filter=kind=component';
    return this.until('components in the catalog', async () => {
      const components = (await this.get(query)) as unknown[] | undefined;
      return components?.length || undefined;
    });
  }

  /**
   * Waits until a component has a description.
   *
   * @throws Error with the backend's log when it ends or takes too long
   */
  async waitForDescription(component: string, expected: RegExp): Promise<void> {
    const query = `entities/by-name/component/default/${component}`;
    const what = `a description of ${component} that matches ${expected}`;
    await this.until(what, async () => {
      const entity = (await this.get(query)) as
        { metadata: { description?: string } } | undefined;
      return expected.test(entity?.metadata.description ?? '') || undefined;
    });
  }

  async register(target: string): Promise<void> {
    const response = await fetch(`${this.baseUrl}/api/catalog/locations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'url', target }),
    });
    if (response.status !== 201) {
      const answer = await response.text();
      throw new Error(
        `${target} was not registered: ${answer}\n${this.logWithoutRequests()}`,
      );
    }
  }

  /** Waits until something is there that does not come from the backend itself. */
  async waitFor(what: string, isThere: () => boolean): Promise<void> {
    await this.until(what, async () => isThere() || undefined);
  }

  expectNoWarningOf(what: RegExp): void {
    const line = this.log.split('\n').find(each => what.test(each));
    if (line !== undefined) {
      throw new Error(`The log has a warning: ${line}`);
    }
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      this.process.kill('SIGKILL');
      await once(this.process, 'close');
    }
  }

  /** The log without a line for each request. */
  private logWithoutRequests(): string {
    const lines = this.log.split('\n');
    return lines.filter(line => !line.includes('incomingRequest')).join('\n');
  }

  private async until<T>(
    what: string,
    look: () => Promise<T | undefined>,
  ): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS;
    while (this.process.exitCode === null && Date.now() < deadline) {
      const found = await look();
      if (found !== undefined) {
        return found;
      }
      await sleep(500);
    }
    throw new Error(
      `The backend does not have ${what}.\n${this.logWithoutRequests()}`,
    );
  }

  /** Undefined while the backend is not up yet, and for what is not there. */
  private async get(path: string): Promise<unknown> {
    try {
      const response = await fetch(`${this.baseUrl}/api/catalog/${path}`);
      return response.ok ? await response.json() : undefined;
    } catch {
      return undefined;
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

/**
 * Nothing is read again by itself in the time of a check: walks, the catalog's
 * processing and the reader's index rest, so that only a delivery can change
 * what the catalog has.
 */
function toConfig(
  baseUrl: string,
  port: number,
  { apiBaseUrl, workspace, repoSlug, secret, dataCenterUrl }: Source,
) {
  const schedule = { frequency: { minutes: 30 }, timeout: { minutes: 5 } };
  const { host } = new URL(dataCenterUrl);
  return {
    app: { baseUrl },
    backend: {
      baseUrl,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: ':memory:' },
      auth: { dangerouslyDisableDefaultAuthPolicy: true },
    },
    integrations: {
      bitbucketCloud: [
        {
          apiBaseUrl,
          // The simulator takes any, and refuses posts without one.
          token: 'a-token-of-the-check',
          freshness: { hours: 1 },
          requestsPerHour: 10_000,
        },
      ],
      bitbucketServer: [{ host, apiBaseUrl: `${dataCenterUrl}/rest/api/1.0` }],
    },
    events: { modules: { bitbucketCloud: { webhookSecret: secret } } },
    catalog: {
      rules: [
        { allow: ['API', 'Component', 'Location', 'Resource', 'System'] },
      ],
      processingInterval: { hours: 24 },
      scmEvents: true,
      providers: {
        bitbucketCloud: {
          workspace,
          filters: { repoSlug },
          schedule,
          pullRequests: {},
        },
        bitbucketServer: { host, schedule },
      },
    },
  };
}
