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
});
