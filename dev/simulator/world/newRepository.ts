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
  /** Slug of the repository of this workspace that it was forked from. */
  forkOf?: string;
  /** Default `main`. */
  mainBranch?: string;
  /** Files of the first commit; none leaves the repository empty. */
  files?: Files;
  /** Milliseconds since the epoch. Default: now. */
  createdOn?: number;
};
