import { ChangeEvent, PushEvent, RepositoryEvent } from '../scm/changes';
import { foldEvents } from './ChangeQueue';

const fold = (...events: ChangeEvent[]) =>
  events.reduce<ChangeEvent[]>(foldEvents, []);

const about = { workspace: 'acme', fullName: 'acme/shop', uuid: '{1}' };
const push = (branch: string, head?: string): PushEvent => ({
  kind: 'push',
  ...about,
  branches: [{ name: branch, head }],
});
const updated: RepositoryEvent = { kind: 'repository', ...about };
const project: ChangeEvent = {
  kind: 'project',
  workspace: 'acme',
  projectKey: 'A',
};

describe('foldEvents', () => {
  it.each<[string, ChangeEvent[], ChangeEvent[]]>([
    ['one push', [push('main', 'a')], [push('main', 'a')]],
    [
      'two pushes to a branch',
      [push('main', 'a'), push('main', 'b')],
      [push('main', 'b')],
    ],
    [
      'pushes to two branches',
      [push('main', 'a'), push('next', 'b'), push('main', 'c')],
      [
        {
          ...push('main'),
          branches: [
            { name: 'next', head: 'b' },
            { name: 'main', head: 'c' },
          ],
        },
      ],
    ],
    [
      'a push after another change',
      [updated, push('main', 'a')],
      [updated, push('main', 'a')],
    ],
    [
      'another change after a push',
      [push('main', 'a'), updated],
      [push('main', 'a'), updated],
    ],
    [
      'a deletion, with a push and an update that came too late',
      [{ ...updated, isDeleted: true }, push('main', 'a'), updated],
      [push('main', 'a'), { ...updated, isDeleted: true }],
    ],
    [
      'a rename',
      [updated, { ...updated, fullName: 'acme/store' }, updated],
      [{ ...updated, fullName: 'acme/store' }, updated],
    ],
    ['a project', [project, project], [project]],
  ])('keeps what matters of %s', (_, events, folded) => {
    expect(fold(...events)).toEqual(folded);
  });

  it('keeps the latest 50 branches and the latest 8 names of thousands', () => {
    const pushes = Array.from({ length: 1_200 }, (_, index) =>
      push(`branch-${index}`, 'a'),
    );
    const [one, ...none] = fold(...pushes) as PushEvent[];
    expect(none).toEqual([]);
    expect(one.branches).toHaveLength(50);
    expect(one.branches.at(-1)?.name).toBe('branch-1199');
    const renames = pushes.map((event, index) => ({
      ...event,
      fullName: `acme/shop-${index}`,
    }));
    expect(fold(...renames)).toEqual(renames.slice(-8));
  });
});
