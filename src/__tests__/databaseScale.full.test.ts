import { DatabaseManager } from '@backstage/backend-defaults/database';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { Knex } from 'knex';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { clientOf } from '../../testing/bitbucket/clientOf';
import { BOTH_DATABASES, DatabaseServer } from '../../testing/databases';
import { until } from '../../testing/until';
import { createIndex } from '../../testing/workspace/createIndex';
import { saveRepositories } from '../../testing/workspace/saveRepositories';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { createDatabaseOpener } from '../mirror/database';
import { readRegisteredFiles } from '../registered/RegisteredFile';
import { noteRefreshKeys } from '../mirror/UrlStore';
import { Repository } from '../scm/types';
import { refreshKeyOf } from '../catalog-tables/refreshKeys';

const ROWS = 12_000;
const SELECTION = { workspace: 'acme' };
const OTHER = { workspace: 'acme', query: 'is_private = true' };

/** How a database says that it goes through one of the tables with many rows. */
const FILLED =
  /^SCAN (name|repository|ref|file|result|(bitbucket__)?(repositories|repository_names|refs|files|glob_results|contents|urls|refresh_keys)\b)|Seq Scan on (bitbucket__)?(refs|files|glob_results|contents|urls|refresh_keys)\b/m;

const LONG = `https://bitbucket.org/Acme/R7/src/main/${'folder/'.repeat(40)}a.yaml`;

const repository = (number: number): Repository => ({
  uuid: `{${number}}`,
  fullName: `acme/r${number}`,
  slug: `r${number}`,
  isPrivate: true,
  isFork: false,
});

describe.each(BOTH_DATABASES)(
  `${ROWS} rows of each table, in %s`,
  (name, start) => {
    let databases: DatabaseServer;
    let simulator: Simulator;
    let manager: DatabaseManager;
    let knex: Knex;
    let index: WorkspaceIndex;
    const now = Date.now();

    beforeAll(async () => {
      databases = await start();
      simulator = await startSimulator({
        workspaces: [new SimulatedWorkspace({ slug: 'acme' })],
      });
      manager = DatabaseManager.fromConfig(
        new ConfigReader({ backend: { database: databases.createDatabase() } }),
      );
      const database = manager.forPlugin('catalog', {
        lifecycle: mockServices.lifecycle.mock(),
        logger: mockServices.logger.mock(),
      });
      const open = createDatabaseOpener(database);
      knex = await open();
      await knex.migrate.latest({
        directory: resolvePackagePath(
          '@backstage/plugin-catalog-backend',
          'migrations',
        ),
      });
      index = createIndex(clientOf(simulator), { open, now: () => now });
      await fill();
    }, 120_000);
    afterAll(async () => {
      await knex.destroy();
      await simulator.stop();
      await databases.stop();
    });

    /** So many of everything, two files in three of which belong to nothing. */
    async function fill(): Promise<void> {
      const text = (prefix: string) => `'${prefix}' || n`;
      const numbers = `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${ROWS})`;
      const rows: Record<string, Record<string, string>> = {
        bitbucket__repositories: {
          ...{ selection_id: `'acme'`, uuid: `'{' || n || '}'`, version: '1' },
          ...{ full_name: text('acme/r'), slug: text('r'), seen_at: `${now}` },
          ...{ is_private: 'true', is_fork: 'false' },
        },
        bitbucket__repository_names: {
          ...{ full_name: text('acme/r'), uuid: `'{' || n || '}'` },
          is_private: 'true',
        },
        bitbucket__refs: {
          ...{ id: text('ref'), full_name: text('acme/r'), ref: `'main'` },
          used_at: `case when n % 3 = 0 then ${now} else 0 end`,
        },
        bitbucket__files: {
          ...{ ref_id: text('ref'), path_id: `'1'`, path: `'a.yaml'` },
          ...{ exists: 'true', content_hash: text('hash') },
        },
        bitbucket__glob_results: {
          ...{ ref_id: text('ref'), pattern_id: `'1'`, pattern: `''` },
          paths: `'[]'`,
        },
        bitbucket__contents: {
          hash: text('hash'),
          content: name === 'SQLite' ? `x'00'` : `'\\x00'`,
        },
        refresh_state: {
          ...{ entity_id: text('id'), entity_ref: text('component:default/') },
          ...{ unprocessed_entity: `'{}'`, unprocessed_hash: `''` },
          ...{ next_update_at: 'current_timestamp', errors: `'[]'` },
          last_discovery_at: 'current_timestamp',
        },
        refresh_keys: {
          entity_id: text('id'),
          key: `'url:https://bitbucket.org/Acme/R' || n || '/src/main/a.yaml'`,
        },
      };
      for (const [table, columns] of Object.entries(rows)) {
        const into = Object.keys(columns).map(column => `"${column}"`);
        const values = Object.values(columns);
        await knex.raw(
          `insert into ${table} (${into}) ${numbers} select ${values} from numbers`,
        );
      }
      await knex('refresh_keys').insert({
        entity_id: 'id7',
        key: refreshKeyOf(LONG),
      });
      await noteRefreshKeys(index);
      await knex.raw('analyze');
    }

    /** What some work asks the database, with how the database goes about it. */
    async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
      const queries = new Map<string, Knex.RawBinding[]>();
      const note = (query: { sql: string; bindings: Knex.RawBinding[] }) =>
        queries.set(query.sql, query.bindings);
      knex.on('query', note);
      await work();
      knex.removeListener('query', note);
      const plans: string[] = [];
      for (const [sql, bindings] of queries) {
        if (/^(insert|select|update|delete)/i.test(sql)) {
          plans.push(`${sql}\n${await explain(sql, bindings)}`);
        }
      }
      return plans;
    }

    async function explain(sql: string, bindings: Knex.RawBinding[]) {
      if (name === 'SQLite') {
        const rows = await knex.raw(`explain query plan ${sql}`, bindings);
        return rows.map((row: { detail: string }) => row.detail).join('\n');
      }
      // knex numbers the placeholders by itself.
      const plain = sql.replace(/\$\d+/g, '?');
      const { rows } = await knex.raw(`explain ${plain}`, bindings);
      return rows
        .map((row: Record<string, string>) => row['QUERY PLAN'])
        .join('\n');
    }

    /** Going through a whole table that has many rows, or a whole index of it. */
    const readsAll = (plan: string) =>
      FILLED.test(plan) && !/ limit .* offset /.test(plan);

    it('are looked up by an index', async () => {
      const ref = { fullName: 'acme/r9', ref: 'main' };
      const context = {};
      const seen = repository(9);
      const plans = await plansOf(async () => {
        await index.repositories.learn(SELECTION, seen.uuid, seen);
        await index.repositories.byUuid(SELECTION, [seen.uuid]);
        await index.repositories.byName(seen.fullName);
        await index.repositories.names([seen.fullName]);
        await index.repositories.namesOf(seen.uuid);
        await index.repositories.known(SELECTION, 5);
        await index.files.known([ref]);
        await index.files.refNames(seen.fullName);
        const pushed = { ...seen, mainBranch: { name: 'main', hash: 'a' } };
        await index.files.open(pushed, 'main', context, { branchOnly: true });
        await index.urls.note(LONG);
        await readRegisteredFiles(index, ['acme/r7', 'acme/r9']);
      });
      expect(plans.length).toBeGreaterThan(10);
      expect(plans.filter(readsAll)).toEqual([]);
    });

    it('of the catalog are known by repository, in any spelling and length', async () => {
      await index.urls.note(LONG);
      const urls = async (names: string[]) =>
        (await readRegisteredFiles(index, names)).map(({ url }) => url).sort();
      const short = (number: number) =>
        `https://bitbucket.org/Acme/R${number}/src/main/a.yaml`;
      expect(await urls(['acme/r7', 'acme/r9'])).toEqual([
        short(7),
        LONG,
        short(9),
      ]);
      // What the catalog does not read any more.
      await knex('refresh_keys')
        .where({ key: refreshKeyOf(LONG) })
        .delete();
      expect(await urls(['acme/r7'])).toEqual([short(7)]);
    });

    it('are pruned in short statements', async () => {
      const plans = await plansOf(() => index.prune());
      const left = async (table: string, key: string) =>
        (await knex(`bitbucket__${table}`).where(key, 'like', '%9')).length;
      expect(await left('refs', 'id')).toBe(ROWS / 30);
      expect(await left('files', 'ref_id')).toBe(ROWS / 30);
      expect(await left('glob_results', 'ref_id')).toBe(ROWS / 30);
      expect(await left('contents', 'hash')).toBe(ROWS / 30);
      expect(plans.filter(readsAll)).toEqual([]);
    });

    it('are saved by two at once that have them in different orders', async () => {
      const numbers = Array.from({ length: 300 }, (_, number) => number + 1);
      const save = (selection: typeof SELECTION, order: number[]) =>
        saveRepositories(
          knex,
          selection,
          order.map(number => ({ ...repository(number), updatedOn: 'now' })),
        );
      // Both come to a row in the middle, with half of the others in their hands.
      const held = name === 'SQLite' ? undefined : await knex.transaction();
      await held?.('bitbucket__repository_names')
        .where({ full_name: 'acme/r150' })
        .update({ is_private: true });
      const saved = Promise.all([
        save(SELECTION, numbers),
        save(OTHER, [...numbers].reverse()),
      ]);
      if (held) {
        await until(async () => {
          const locks = await knex('pg_locks').where({ granted: false });
          return locks.length === 2;
        }, 'both to wait');
        await held.commit();
      }
      await saved;
      expect(await index.repositories.known(OTHER)).toHaveLength(300);
    });
  },
);
