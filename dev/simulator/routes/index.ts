import { Router } from 'express';
import type { SimulatorContext } from '../context';
import { archiveRoutes } from './archive';
import { branchRoutes } from './branches';
import { buildStatusRoutes } from './buildStatuses';
import { codeSearchRoutes } from './codeSearch';
import { commentRoutes } from './comments';
import { commitRoutes } from './commits';
import { diffstatRoutes } from './diffstat';
import { fileConflictRoutes } from './fileConflicts';
import { hookRoutes } from './hooks';
import { oauthRoutes } from './oauth';
import { pullRequestRoutes } from './pullRequests';
import { refRoutes } from './refs';
import { reportRoutes } from './reports';
import { repositoryRoutes } from './repositories';
import { sourceRoutes } from './source';
import { workspaceRoutes } from './workspaces';

/** What api.bitbucket.org serves, below `/2.0`. */
export function apiRoutes(context: SimulatorContext): Router {
  return Router().use(
    repositoryRoutes(context),
    refRoutes(context),
    branchRoutes(context),
    commitRoutes(context),
    diffstatRoutes(context),
    pullRequestRoutes(context),
    fileConflictRoutes(context),
    commentRoutes(context),
    reportRoutes(context),
    buildStatusRoutes(context),
    sourceRoutes(context),
    workspaceRoutes(context),
    hookRoutes(context),
    codeSearchRoutes(context),
  );
}

/** What bitbucket.org serves. */
export function webRoutes(context: SimulatorContext): Router {
  return Router().use(oauthRoutes(context), archiveRoutes(context));
}
