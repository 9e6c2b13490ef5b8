import { Knex } from 'knex';
import { Repository } from '../../src/bitbucket';
import { RepositoryStore } from '../../src/workspace/RepositoryStore';
import { Scope } from '../../src/workspace/scopes';

/** Saves repositories as a list of a scope does, in the order of that list. */
export async function saveRepositories(
  knex: Knex,
  scope: Scope,
  repositories: Repository[],
): Promise<void> {
  await new RepositoryStore(knex).save(scope, repositories, Date.now());
}
