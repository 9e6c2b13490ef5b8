import {
  DataCenterAccount,
  DataCenterOptions,
  SimulatedInstance,
} from '../../dev/simulator/data-center';
import { ask, bearer, startDataCenter } from './index';

/** Below the root of the REST API. */
export const REST = '/rest/api/latest';
/** A repository of {@link startPay}. */
export const API = `${REST}/projects/PAY/repos/api`;

/** A token of someone who may do everything. */
export const ADMIN = {
  kind: 'userToken',
  name: 'admin',
  token: 'admin',
  projectPermission: 'ADMIN',
} as const satisfies DataCenterAccount;

/** Starts an instance with a project `PAY`, whose repository `api` has one file. */
export async function startPay(
  options: Omit<DataCenterOptions, 'instance'> = {},
) {
  const instance = new SimulatedInstance();
  const pay = instance.addProject('PAY', { name: 'Payments' });
  const api = instance.addRepository('PAY', {
    slug: 'api',
    files: { 'a.txt': 'a\n' },
  });
  const simulator = await startDataCenter({ instance, ...options });
  /** Asks with the token of {@link ADMIN}. */
  const get = (path: string, token = 'admin') =>
    ask(simulator, path, bearer(token));
  return { instance, pay, api, simulator, get };
}

/** What a failure says. */
export const refusal = (status: number, exceptionName: string | null) => ({
  status,
  json: {
    errors: [
      {
        context: null,
        message: expect.any(String),
        exceptionName:
          exceptionName === null
            ? null
            : expect.stringContaining(exceptionName),
      },
    ],
  },
});
