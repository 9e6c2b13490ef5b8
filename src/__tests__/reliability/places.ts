import { Fault, FaultTarget } from '../../../dev/simulator';
import { AnyEndpoint } from './AnyBitbucket';

/**
 * What a walk asks for. The catalog's readers are struck too where they ask for
 * the same.
 */
export type Place = {
  target: FaultTarget<AnyEndpoint>;
  /** Leads from such a request to another of its kind. */
  self: string;
  /** What makes a walk ask for it of repositories that are known. */
  needs?: Fault<AnyEndpoint>;
  /** What the walk adds and removes that comes after the fault. */
  after: string;
};

/** Places, and what the table calls them. */
export type Places = { name: string; places: Place[] };

export const WHAT_CAME_AND_WENT = '1 added, 1 removed';

const UPDATES: Place = {
  target: { endpoint: 'repositories', path: /[?&]sort=updated_on/ },
  self: '?sort=updated_on',
  after: WHAT_CAME_AND_WENT,
};

const FIRST_PAGE: Place = {
  target: {
    endpoint: 'repositories',
    path: /^(?!.*[?&]page=).*[?&]sort=created_on/,
  },
  self: '?sort=created_on&pagelen=2',
  after: WHAT_CAME_AND_WENT,
};

const LATER_PAGE: Place = {
  target: { endpoint: 'repositories', path: /[?&]page=2(&|$)/ },
  self: '?sort=created_on&pagelen=2&page=2',
  after: WHAT_CAME_AND_WENT,
};

/** All of them at once. */
export const WHOLE_LIST: Place = {
  target: { endpoint: 'repositories' },
  self: '?again',
  after: WHAT_CAME_AND_WENT,
};

const FOLDER: Place = {
  target: { endpoint: 'src', path: /[?&]max_depth=/ },
  self: '?max_depth=1',
  // What is in a folder is carried over where the changed paths are known.
  needs: { endpoint: 'diffstat', kind: 'status', status: 555 },
  after: WHAT_CAME_AND_WENT,
};

const FILE: Place = {
  target: { endpoint: 'src', path: /\/catalog-info\.yaml/ },
  self: 'catalog-info.yaml',
  after: WHAT_CAME_AND_WENT,
};

const BRANCH: Place = {
  // The catalog's readers ask for the commit.
  target: { path: /\/(refs\/branches|commit)\// },
  self: '?again',
  after: WHAT_CAME_AND_WENT,
};

const PROOF: Place = {
  target: { endpoint: 'repository' },
  self: '?again',
  // It comes last, when what was found is in the catalog.
  after: '0 added, 1 removed',
};

const OAUTH: Place = {
  target: { endpoint: 'oauth' },
  self: '',
  after: WHAT_CAME_AND_WENT,
};

export const REPOSITORY_LIST: Places = {
  name: 'what was updated; the first page of the repository list; a later page',
  places: [UPDATES, FIRST_PAGE, LATER_PAGE],
};
const ANY_LIST: Places = {
  name: 'each list: of repositories, and of files below a folder (`/src`)',
  places: [...REPOSITORY_LIST.places, FOLDER],
};
export const ANY_REQUEST: Places = {
  name: 'each request of a walk',
  places: [...ANY_LIST.places, FILE, BRANCH, PROOF],
};
export const ANY_READ: Places = {
  name: 'each list; a file; a branch',
  places: [...ANY_LIST.places, FILE, BRANCH],
};
export const A_LIST_OR_FILE: Places = {
  name: 'what was updated; a file',
  places: [UPDATES, FILE],
};
export const ANY_FILE: Places = {
  name: 'a branch; files below a folder; a file',
  places: [BRANCH, FOLDER, FILE],
};
export const A_BRANCH_OR_FOLDER: Places = {
  name: 'a branch; files below a folder',
  places: [BRANCH, FOLDER],
};
export const A_PAGE: Places = {
  name: 'a later page of the repository list',
  places: [LATER_PAGE],
};
export const A_LIST: Places = {
  name: 'what was updated',
  places: [UPDATES],
};
export const FOLDER_OR_FILE: Places = {
  name: 'files below a folder; a file',
  places: [FOLDER, FILE],
};
export const A_FILE: Places = {
  name: 'a file',
  places: [FILE],
};
export const A_FOLDER: Places = {
  name: 'files below a folder',
  places: [FOLDER],
};
export const THE_PROOF: Places = {
  name: 'the proof of a removal',
  places: [PROOF],
};
export const OAUTH_TOKEN: Places = {
  name: 'the OAuth token',
  places: [OAUTH],
};
