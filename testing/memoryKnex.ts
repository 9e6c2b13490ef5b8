import knexFactory, { Knex } from 'knex';

const databases: Knex[] = [];

/** A new SQLite database in memory, which lives until the end of the test. */
export function memoryKnex(): Knex {
  const knex = knexFactory({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
  });
  databases.push(knex);
  return knex;
}

afterEach(async () => {
  await Promise.all(databases.splice(0).map(knex => knex.destroy()));
});
