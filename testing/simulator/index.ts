import {
  SimulatedAccount,
  SimulatedWorkspace,
  Simulator,
  SimulatorOptions,
  startSimulator,
} from '../../dev/simulator';
import {
  DataCenterOptions,
  DataCenterSimulator,
  startDataCenterSimulator,
} from '../../dev/simulator/data-center';

export { startReceiver } from './receiver';
export type { Received, Receiver } from './receiver';

const running: (Simulator | DataCenterSimulator)[] = [];

/** Starts a simulator that lives until the end of the test. */
export async function start(options: SimulatorOptions): Promise<Simulator> {
  const simulator = await startSimulator(options);
  running.push(simulator);
  return simulator;
}

/** Starts an instance that lives until the end of the test. */
export async function startDataCenter(
  options: DataCenterOptions,
): Promise<DataCenterSimulator> {
  const simulator = await startDataCenterSimulator(options);
  running.push(simulator);
  return simulator;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(simulator => simulator.stop()));
});

/** Starts a simulator with a workspace `acme`, whose repository `shop` has one file. */
export async function startShop(accounts?: SimulatedAccount[]) {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  const shop = acme.addRepository({ slug: 'shop', files: { a: 'a' } });
  const simulator = await start({ workspaces: [acme], accounts });
  const hash = String(shop.head?.hash);
  const commit = `/2.0/repositories/acme/shop/commit/${hash}`;
  return { acme, simulator, hash, commit };
}

export type Answer = {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined when it is not JSON. */
  json: unknown;
};

/** Asks for a path below the simulator's origin; redirects are not followed. */
export async function ask(
  simulator: { origin: string },
  path: string,
  init?: RequestInit,
): Promise<Answer> {
  const response = await fetch(`${simulator.origin}${path}`, {
    redirect: 'manual',
    ...init,
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

/** Sends a body, if any, as JSON. */
export const send = (
  simulator: { origin: string },
  method: string,
  path: string,
  body?: object,
  credential = bearer('t'),
): Promise<Answer> =>
  ask(simulator, path, {
    method,
    headers: { ...credential.headers, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });

export const query = (parameters: Record<string, string>) =>
  `?${new URLSearchParams(parameters)}`;

export const basic = (username: string, password: string): RequestInit => ({
  headers: {
    Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  },
});

export const bearer = (token: string): RequestInit => ({
  headers: { Authorization: `Bearer ${token}` },
});
