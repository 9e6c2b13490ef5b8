import { Knex } from 'knex';
import { RepositoryStore } from '../../src/mirror/RepositoryStore';
import { RepositorySelection } from '../../src/scm/ScmHost';
import { Repository } from '../../src/scm/types';

/** Saves repositories as a list of a selection does, in the order of that list. */
export async function saveRepositories(
  knex: Knex,
  selection: RepositorySelection,
  repositories: Repository[],
): Promise<void> {
  const store = new RepositoryStore(knex, { host: 'bitbucket.org' });
  await store.save(selection, repositories, Date.now());
}
