import { Place, Places, WHAT_CAME_AND_WENT } from '../places';

const FIRST_PAGE: Place = {
  target: { endpoint: 'repositories', path: /^(?!.*[?&]start=)/ },
  self: '?again',
  after: WHAT_CAME_AND_WENT,
};

const LATER_PAGE: Place = {
  target: { endpoint: 'repositories', path: /[?&]start=[1-9]/ },
  self: '?start=1&limit=2',
  after: WHAT_CAME_AND_WENT,
};

const HEAD: Place = {
  target: { endpoint: 'branchesDefault' },
  self: '?again',
  after: WHAT_CAME_AND_WENT,
};

/** By its configured name, where the endpoint for both answers as one that is not there. */
const CONFIGURED: Place = {
  target: { endpoint: 'defaultBranch' },
  self: '?again',
  needs: { endpoint: 'branchesDefault', kind: 'status', status: 404 },
  after: WHAT_CAME_AND_WENT,
};

const BRANCH: Place = {
  target: { endpoint: 'branches' },
  self: '?again',
  after: WHAT_CAME_AND_WENT,
};

const FOLDER: Place = {
  target: { endpoint: 'files' },
  self: '?again',
  // What is in a folder is carried over where the changed paths are known.
  needs: { endpoint: 'changes', kind: 'status', status: 409 },
  after: WHAT_CAME_AND_WENT,
};

const FILE: Place = {
  target: { endpoint: 'raw' },
  self: '?again',
  after: WHAT_CAME_AND_WENT,
};

const CHANGED_PATHS: Place = {
  target: { endpoint: 'changes' },
  self: '?again',
  after: WHAT_CAME_AND_WENT,
};

const PROOF: Place = {
  target: { endpoint: 'repository' },
  self: '?again',
  // It comes last, when what was found is in the catalog.
  after: '0 added, 1 removed',
};

export const LIST: Places = {
  name: 'the first page of the repository list; a later page',
  places: [FIRST_PAGE, LATER_PAGE],
};
export const HEADS: Places = {
  name: 'a default branch with its head, or by its name alone',
  places: [HEAD, CONFIGURED],
};
export const LOOKS: Places = {
  name: 'a default branch with its head, or by its name alone; a branch; files below a folder; a file',
  places: [HEAD, CONFIGURED, BRANCH, FOLDER, FILE],
};
export const JSON_LOOKS: Places = {
  name: 'a default branch with its head, or by its name alone; a branch; files below a folder',
  places: [HEAD, CONFIGURED, BRANCH, FOLDER],
};
/** A default branch that is not found is requested in another way. */
export const AFTER_HEAD: Places = {
  name: 'a default branch by its name alone; a branch; files below a folder; a file',
  places: [CONFIGURED, BRANCH, FOLDER, FILE],
};
export const CHANGES: Places = {
  name: 'the paths that a push has changed',
  places: [CHANGED_PATHS],
};
export const PAGES: Places = {
  name: 'files below a folder; a branch',
  places: [FOLDER, BRANCH],
};
export const ANY_REQUEST: Places = {
  name: 'each request of a walk',
  places: [...LIST.places, ...LOOKS.places, PROOF],
};
export const THE_PROOF: Places = {
  name: 'the proof of a removal',
  places: [PROOF],
};
export const A_PAGE: Places = {
  name: 'a later page of the repository list',
  places: [LATER_PAGE],
};
export const LIST_OR_FILE: Places = {
  name: 'the first page of the repository list; a file',
  places: [FIRST_PAGE, FILE],
};
