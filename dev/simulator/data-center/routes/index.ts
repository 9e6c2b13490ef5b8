import { Router } from 'express';
import type { DataCenterContext } from '../context';
import { archiveRoutes } from './archive';
import { buildRoutes } from './builds';
import { commentRoutes } from './comments';
import { commitRoutes } from './commits';
import { fileRoutes } from './files';
import { hookRoutes } from './hooks';
import { insightRoutes } from './insights';
import { mirroringRoutes } from './mirroring';
import { projectRoutes } from './projects';
import { pullRequestRoutes } from './pullRequests';
import { refRoutes } from './refs';

/** `latest` and the one version that there is are the same. */
const VERSION = ':version(latest|1.0)';

/** What an instance serves below its context path. */
export function routes(context: DataCenterContext): Router {
  return Router()
    .use(`/rest/insights/${VERSION}`, insightRoutes(context))
    .use(`/rest/mirroring/${VERSION}`, mirroringRoutes(context))
    .use(
      `/rest/api/${VERSION}`,
      projectRoutes(context),
      refRoutes(context),
      commitRoutes(context),
      fileRoutes(context),
      archiveRoutes(context),
      hookRoutes(context),
      pullRequestRoutes(context),
      commentRoutes(context),
      buildRoutes(context),
    );
}
