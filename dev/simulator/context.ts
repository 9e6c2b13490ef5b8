import type { Response } from 'express';
import type { Accounts, Viewer } from './accounts';
import type { SimulatedWorkspace } from './world';

/** What the routes need to know of the simulator. */
export type SimulatorContext = {
  workspaces: SimulatedWorkspace[];
  accounts: Accounts;
  /** Scheme, host and port of the simulator. */
  origin: string;
  /** Root of the REST API, without a trailing slash. */
  apiBaseUrl: string;
  /** Where the contents of LFS files are said to be. */
  mediaBaseUrl: string;
  /** Whether `mainbranch.target` can be asked for through `fields`. */
  mainbranchTarget: boolean;
  /** Whether code search answers, as it did before it was retired. */
  codeSearch: boolean;
};

export function viewerOf(res: Response): Viewer {
  return res.locals.viewer as Viewer;
}
