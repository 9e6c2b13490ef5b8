import type { Response } from 'express';
import type { Viewer } from './accounts';
import type { SimulatedInstance } from './instance';

/** The most that a page of each list holds, as `page.max.*` sets it. */
export type PageLimits = {
  /** Default 1,000. */
  projects: number;
  /** Default 1,000. */
  repositories: number;
  /** Branches and tags. Default 1,000. */
  branches: number;
  /** Default 100. */
  commits: number;
  /** There is no further page. Default 1,000. */
  changes: number;
  /** Default 100,000. */
  files: number;
  /** Lines of a file. Default 5,000. */
  lines: number;
  /** Pull requests. Default 100. */
  pullRequests: number;
  /** Everything else. Default 1,000. */
  others: number;
};

/** Behaviour that is not documented; the defaults say what seems likely. */
export type Quirks = {
  /** Status of what a valid credential may not see. Default 401. */
  hiddenAs: 401 | 404;
  /** Whether `commits/{id}` takes a hash of seven digits or more. Default true. */
  shortHashes: boolean;
  /** Whether personal projects are in `/projects`. Default false. */
  personalProjectsListed: boolean;
  /** Whether personal repositories are in `/repos`. Default true. */
  personalRepositoriesListed: boolean;
  /** Whether `/projects/{key}/repos` has archived ones. Default true. */
  archivedInProjects: boolean;
  /** Whether answers about a webhook have its secret. Default false. */
  secretsShown: boolean;
  /** Whether a renamed or moved repository is found at its old address. Default true. */
  redirects: boolean;
  /** Status of those redirects. Default 307. */
  redirectStatus: 301 | 302 | 307 | 308;
  /** Whether the submodules are in `files`. Default true. */
  submodulesInFiles: boolean;
};

/** What the routes need to know of the simulator. */
export type DataCenterContext = {
  instance: SimulatedInstance;
  /** Where `links` point, without a trailing slash; an administrator sets it. */
  linkBaseUrl: string;
  /** Root of the web pages, with the context path and without a trailing slash. */
  baseUrl: string;
  limits: PageLimits;
  quirks: Quirks;
  publicAccess: boolean;
  /** Whether the hashes of the mirror API are there. */
  mirrorHashes: boolean;
  /** The version that the instance says it has. */
  version: string;
  now: () => number;
  /** Tests the connection to a URL; the status of its answer. */
  ping: (url: string) => Promise<number | undefined>;
};

export function viewerOf(res: Response): Viewer {
  return res.locals.viewer as Viewer;
}
