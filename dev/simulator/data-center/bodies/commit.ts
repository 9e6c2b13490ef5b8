import { Commit, ROBIN } from '../../world';

const PERSON = { name: ROBIN, emailAddress: 'robin.example@example.com' };

export const commitReference = ({ hash }: Commit) => ({
  id: hash,
  displayId: hash.slice(0, 11),
});

export const commitBody = (commit: Commit) => ({
  ...commitReference(commit),
  author: PERSON,
  authorTimestamp: commit.date,
  committer: PERSON,
  committerTimestamp: commit.date,
  message: commit.message,
  parents: commit.parents.map(commitReference),
});
