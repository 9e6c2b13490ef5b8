import type { SimulatorContext } from '../context';
import { Commit, history, Refs, SimulatedRepository } from '../world';
import { bareCommitBody } from './commit';
import { repositoryLink, webLink } from './links';

/** More than these stay untold. */
const MOST_COMMITS = 5;

/** A branch or tag that a push made, moved or took away. */
type RefChange = {
  type: 'branch' | 'tag';
  name: string;
  old?: Commit;
  new?: Commit;
};

/** The changes of a `repo:push`, one for each branch and tag. */
export function pushChangeBodies(
  context: SimulatorContext,
  repository: SimulatedRepository,
  before: Refs,
) {
  const heads = [...before.branches.values(), ...before.tags.values()];
  const known = new Set(heads.flatMap(history));
  return [
    ...changedRefs('branch', before.branches, repository.branches),
    ...changedRefs('tag', before.tags, repository.tags),
  ].map(change => changeBody(context, repository, change, known));
}

function changedRefs(
  type: RefChange['type'],
  before: Refs['branches'],
  after: Refs['branches'],
): RefChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .map(name => ({
      type,
      name,
      old: before.get(name),
      new: after.get(name),
    }))
    .filter(change => change.old !== change.new);
}

function changeBody(
  context: SimulatorContext,
  repository: SimulatedRepository,
  change: RefChange,
  known: Set<Commit>,
) {
  const { type, name, old } = change;
  const now = change.new ? history(change.new) : [];
  const pushed = now.filter(commit => !known.has(commit));
  const refBody = (target: Commit | undefined) =>
    target
      ? {
          type,
          name,
          target: bareCommitBody(context, repository, target),
          links: refLinks(context, repository, change),
        }
      : null;
  return {
    old: refBody(old),
    new: refBody(change.new),
    created: !old,
    closed: !change.new,
    forced: old !== undefined && now.length > 0 && !now.includes(old),
    truncated: pushed.length > MOST_COMMITS,
    commits: pushed
      .slice(0, MOST_COMMITS)
      .map(commit => bareCommitBody(context, repository, commit)),
  };
}

function refLinks(
  context: SimulatorContext,
  repository: SimulatedRepository,
  { type, name }: RefChange,
) {
  const refs = type === 'branch' ? 'refs/branches' : 'refs/tags';
  return {
    self: repositoryLink(context, repository, refs, name),
    commits: repositoryLink(context, repository, 'commits', name),
    html: webLink(repository.fullName, type, name),
  };
}
