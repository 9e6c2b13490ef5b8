import {
  ChangeEvent,
  RepositoryEvent,
} from '../hosts/bitbucket-cloud/delivery';
import { foldEvents } from './ChangeQueue';

const fold = (...events: ChangeEvent[]) =>
  events.reduce<ChangeEvent[]>(foldEvents, []);

const push = (branch: string, head?: string): RepositoryEvent => ({
  workspace: 'acme',
  fullName: 'acme/shop',
  uuid: '{1}',
  branches: [{ name: branch, head }],
});
const { branches, ...updated } = push('main');

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
          ...updated,
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
      [push('main', 'a')],
    ],
    [
      'another change after a push',
      [push('main', 'a'), updated],
      [push('main', 'a')],
    ],
    [
      'a deletion, with a push that came too late',
      [{ ...updated, isDeleted: true }, push('main', 'a')],
      [{ ...push('main', 'a'), isDeleted: true }],
    ],
    [
      'a rename',
      [updated, { ...updated, fullName: 'acme/store' }, updated],
      [{ ...updated, fullName: 'acme/store' }, updated],
    ],
    [
      'a project',
      [
        { workspace: 'acme', projectKey: 'A' },
        { workspace: 'acme', projectKey: 'A' },
      ],
      [{ workspace: 'acme', projectKey: 'A' }],
    ],
  ])('keeps what matters of %s', (_, events, folded) => {
    expect(fold(...events)).toEqual(folded);
  });

  it('keeps the latest 50 branches and the latest 4 names of thousands', () => {
    const pushes = Array.from({ length: 1_200 }, (_, index) =>
      push(`branch-${index}`, 'a'),
    );
    const [one, ...none] = fold(...pushes) as RepositoryEvent[];
    expect(none).toEqual([]);
    expect(one.branches).toHaveLength(50);
    expect(one.branches?.at(-1)?.name).toBe('branch-1199');
    const renames = pushes.map((event, index) => ({
      ...event,
      fullName: `acme/shop-${index}`,
    }));
    expect(fold(...renames)).toEqual(renames.slice(-4));
  });
});
