import type { Commit } from './repository';

/** A commit and everything before it, newest first, as `git log` has it. */
export function history(head: Commit): Commit[] {
  const commits: Commit[] = [];
  const seen = new Set([head]);
  const waiting = [head];
  while (waiting.length > 0) {
    const [commit] = waiting.splice(newest(waiting), 1);
    commits.push(commit);
    for (const parent of commit.parents) {
      if (!seen.has(parent)) {
        seen.add(parent);
        waiting.push(parent);
      }
    }
  }
  return commits;
}

/** Index of the newest; of several, the one that has waited longest. */
const newest = (commits: Commit[]) =>
  commits.reduce(
    (best, { date }, index) => (date > commits[best].date ? index : best),
    0,
  );

/** The newest commit that both have; none where they have nothing in common. */
export function mergeBase(one: Commit, other: Commit): Commit | undefined {
  const known = new Set(history(other));
  return history(one).find(commit => known.has(commit));
}
