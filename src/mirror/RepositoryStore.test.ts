import { memoryDatabase } from '../../testing/workspace/memoryDatabase';
import { Repository } from '../scm/types';
import { RepositoryStore } from './RepositoryStore';

const repository = (uuid: string, fullName: string): Repository => ({
  uuid,
  fullName,
  slug: fullName.split('/').at(-1)!,
  isPrivate: true,
  isFork: false,
});

describe('RepositoryStore', () => {
  it('finds a repository by its name for its own host alone', async () => {
    const knex = await memoryDatabase()();
    const [one, two] = ['git.example.com', 'git.example.org'].map(
      host => new RepositoryStore(knex, { host }),
    );
    const api = repository('git.example.com#1', 'git.example.com/PAY/api');
    await one.save({ workspace: 'git.example.com' }, [api], 0);
    expect(await one.byFullName('git.example.com/pay/API')).toMatchObject({
      selection: { workspace: 'git.example.com' },
      repository: { uuid: 'git.example.com#1' },
    });
    expect(await two.byFullName('git.example.com/PAY/api')).toBeUndefined();
  });

  it('gives a reader the latest of what several selections know of a repository', async () => {
    const knex = await memoryDatabase()();
    const store = new RepositoryStore(knex, { host: 'bitbucket.org' });
    const all = { workspace: 'acme' };
    const some = { workspace: 'acme', query: 'name ~ "shop"' };
    const at = (hash: string) => ({
      ...repository('{shop}', 'acme/shop'),
      mainBranch: { name: 'main', hash },
    });
    const headForReaders = async () =>
      (await store.byFullName('acme/shop'))?.repository.mainBranch?.hash;
    for (const selection of [all, some]) {
      await store.save(selection, [at('old')], 1_000);
      await store.markRefreshed(selection, { refreshedAt: 1_000 });
    }
    // Nothing was updated by then, as far as this one shows.
    await store.markRefreshed(some, { refreshedAt: 2_000 });
    // A delivery has one of them ask.
    await store.save(all, [at('new')], 3_000);
    expect(await headForReaders()).toBe('new');
    await store.save(some, [at('newest')], 4_000);
    expect(await headForReaders()).toBe('newest');
    await store.save(all, [at('latest')], 4_500);
    await store.markRefreshed(all, { refreshedAt: 5_000 });
    expect(await headForReaders()).toBe('latest');
  });
});
