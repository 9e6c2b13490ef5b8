import type { SimulatedRepository } from './repository';
import type { Files } from './tree';

export type NewRepository = {
  slug: string;
  /** Default: the slug. */
  name?: string;
  description?: string;
  language?: string;
  /** Default false. */
  isPrivate?: boolean;
  /** Key of a project; made when there is none. Default: the first project. */
  project?: string;
  /** What it was forked from, by its slug where it is in this workspace. */
  forkOf?: string | SimulatedRepository;
  /** Default `main`. */
  mainBranch?: string;
  /** Files of the first commit; none leaves the repository empty. */
  files?: Files;
  /** Milliseconds since the epoch. Default: now. */
  createdOn?: number;
};
