import { posix, resolve } from 'node:path';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { parseAllDocuments } from 'yaml';
import {
  loadWorkspaceFolder,
  SimulatedRepository,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  CatalogTables,
  configFor,
  Database,
  DatabaseServer,
  identities,
  ON_DEMAND,
  sharedPostgres,
  TestBackend,
  until,
} from '../../testing';

/** The references of all entities that the catalog files of a workspace hold. */
function entityRefs(workspace: SimulatedWorkspace): string[] {
  return workspace.repositories
    .flatMap(repository =>
      [...(repository.head?.tree.keys() ?? [])]
        .filter(path => posix.basename(path) === 'catalog-info.yaml')
        .flatMap(path => readEntities(repository, path)),
    )
    .map(stringifyEntityRef)
    .sort();
}

/** The entities of a file, and of the files that they point at. */
function readEntities(repository: SimulatedRepository, path: string): Entity[] {
  const content = repository.head?.tree.get(path)?.content ?? '';
  return parseAllDocuments(content.toString()).flatMap(document => {
    const entity: Entity = document.toJS();
    const targets = (entity.spec?.targets ?? []) as string[];
    return [
      entity,
      ...targets.flatMap(target =>
        readEntities(repository, posix.join(posix.dirname(path), target)),
      ),
    ];
  });
}

describe('the demonstration workspace in PostgreSQL', () => {
  let databases: DatabaseServer;
  let simulator: Simulator;
  let backend: TestBackend | undefined;
  let tables: CatalogTables | undefined;

  const workspace = loadWorkspaceFolder(
    resolve(__dirname, '../../dev/workspace'),
  );

  beforeAll(async () => {
    databases = await sharedPostgres();
    simulator = await startSimulator({ workspaces: [workspace] });
  });

  afterAll(async () => {
    await tables?.close();
    await backend?.stop();
    await simulator.stop();
    await databases.stop();
  });

  async function start(database: Database): Promise<TestBackend> {
    backend = await TestBackend.start({
      database,
      config: configFor(simulator, {
        workspace: workspace.slug,
        catalogPath: 'catalog-info.yaml',
        ...ON_DEMAND,
      }),
    });
    return backend;
  }

  it('arrives whole, and stays the same over walks and a restart', async () => {
    const database = databases.createDatabase();
    const expected = entityRefs(workspace);
    expect(expected.length).toBeGreaterThan(100);

    const first = await start(database);
    await until(async () => {
      const refs = Object.keys(await identities(first)).filter(isWritten);
      return refs.sort().join() === expected.join();
    }, 'every entity of the workspace to arrive');

    tables = await CatalogTables.open(database);
    await tables.reprocessed();
    const arrived = await identities(first);
    await first.walk();
    expect(await identities(first)).toEqual(arrived);
    expect(first.messages('info').filter(isWalk).at(-1)).toContain(
      ' 0 added, 0 removed,',
    );
    expect(first.messages()).toEqual([]);
    await first.stop();

    const second = await start(database);
    await second.walk();
    await tables.reprocessed();
    expect(await identities(second)).toEqual(arrived);
    expect(second.messages()).toEqual([]);
  });
});

/** Whether an entity comes from a catalog file, and not from a provider. */
const isWritten = (ref: string) =>
  !ref.startsWith('location:default/generated-');

const isWalk = (message: string) => message.startsWith('Walked workspace ');
