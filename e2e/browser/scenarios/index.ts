import { importFile } from './importFile';
import { importGlob } from './importGlob';
import { importSlashBranch } from './importSlashBranch';
import { pullRequest } from './pullRequest';
import { Scenario } from './types';
import { walk } from './walk';
import { wrongUrl } from './wrongUrl';

export type { Scenario, Stage } from './types';

/** In this order, since they share a catalog. */
export const scenarios: Scenario[] = [
  walk,
  importFile,
  importGlob,
  importSlashBranch,
  wrongUrl,
  pullRequest,
];
