import {
  BackendFeature,
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  catalogProcessingExtensionPoint,
  CatalogProcessor,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import { JsonObject } from '@backstage/types';
import { Knex } from 'knex';
import {
  Changes,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../../dev/simulator';
import { mergeBase } from '../../../dev/simulator/world';
import { configFor, ON_DEMAND, TestBackend, until } from '../../../testing';
import { recordingLogger } from '../../../testing/bitbucket/recordingLogger';
import { CatalogTables } from '../../catalog-tables/CatalogTables';
import { readKeyReaders } from '../../catalog-tables/refreshKeys';
import { bitbucketCloudUrls } from '../../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import bitbucketCloud from '../..';
import { createPathGlob, isGlob } from '../../lib/globs';
import { CheckResult } from '../../pull-requests/checkResult';
import { checkFiles } from '../../pull-requests/checks/checkFiles';
import {
  CatalogFiles,
  relevantFiles,
  toCatalogFiles,
} from '../../pull-requests/relevantFiles';
import {
  BranchChange,
  CheckRequest,
  CheckServices,
  TouchedFile,
} from '../../pull-requests/checks/checkRequest';

const CATALOG_FILE = 'catalog-info.yaml';
const BRANCH = 'proposal';

/** An entity in the catalog, without what changes whenever it is processed. */
export type SeenEntity = { entity: JsonObject; errors: string[] };

/** Knows a kind of its own, and refuses entities by an annotation. */
class CompanyProcessor implements CatalogProcessor {
  getProcessorName(): string {
    return 'CompanyProcessor';
  }

  async validateEntityKind(entity: Entity): Promise<boolean> {
    return entity.kind === 'Gadget' && entity.apiVersion === 'acme.com/v1';
  }

  async postProcessEntity(entity: Entity): Promise<Entity> {
    const wish = entity.metadata.annotations?.['acme.com/refuse'];
    if (wish === 'input') {
      throw new InputError(
        'acme.com/tier is required, see https://wiki.internal.acme.com/tiers?token=abc',
      );
    }
    if (wish === 'crash') {
      throw new Error('connect ECONNREFUSED 10.0.0.7:5432, password=hunter2');
    }
    return entity;
  }
}

/**
 * A real backend with the catalog and this module, filled from the simulator, in which
 * pull requests are checked and then merged.
 */
export class CheckWorld {
  readonly tables: CatalogTables;

  private constructor(
    readonly acme: SimulatedWorkspace,
    readonly backend: TestBackend,
    readonly simulator: Simulator,
    private readonly parts: Pick<CheckServices, 'catalog' | 'credentials'> & {
      knex: Knex;
    },
  ) {
    this.tables = new CatalogTables({
      open: async () => parts.knex,
      urls: bitbucketCloudUrls,
      logger: recordingLogger(),
    });
  }

  /** @param repositories - the files on the main branch, by slug */
  static async start(
    repositories: Record<string, Record<string, string>>,
    catalog: JsonObject = {},
  ): Promise<CheckWorld> {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    for (const [slug, files] of Object.entries(repositories)) {
      acme.addRepository({ slug, isPrivate: true, files });
    }
    const simulator = await startSimulator({
      workspaces: [acme],
      accounts: [{ name: 'ours', kind: 'accessToken', token: 'our-token' }],
    });
    const config = configFor(
      simulator,
      { workspace: 'acme', ...ON_DEMAND },
      { token: 'our-token' },
    );
    const found: Partial<CheckWorld['parts']> = {};
    const backend = await TestBackend.start({
      config: { ...config, catalog: { ...config.catalog, ...catalog } },
      features: [bitbucketCloud, companyModule(found)],
    });
    await backend.walked();
    const world = new CheckWorld(
      acme,
      backend,
      simulator,
      found as CheckWorld['parts'],
    );
    await world.settled();
    return world;
  }

  async stop(): Promise<void> {
    await this.backend.stop();
    await this.simulator.stop();
  }

  /** Pushes changes to a branch of their own. */
  propose(slug: string, changes: Changes): void {
    this.acme.push(slug, changes, { branch: BRANCH });
  }

  /** Checks what {@link CheckWorld.propose} has pushed. */
  async check(
    slug: string,
    settings: Partial<CheckRequest['settings']> = {},
    services: Partial<CheckServices> = {},
  ): Promise<CheckResult> {
    const repository = this.acme.repository(slug);
    const { fullName, isPrivate } = repository;
    return checkFiles(
      {
        repository: { fullName, isPrivate },
        headName: fullName,
        head: repository.branches.get(BRANCH)!.hash,
        branch: 'main',
        files: await this.touched(slug),
        settings: {
          references: 'warning',
          conflicts: 'error',
          removals: 'warning',
          ...settings,
        },
      },
      {
        catalog: this.parts.catalog,
        credentials: this.parts.credentials,
        tables: this.tables,
        urls: bitbucketCloudUrls,
        read: async (side, path) => this.read(slug, side, path),
        find: async pattern => {
          const { matches } = createPathGlob(pattern);
          return [...this.trees(slug).after.keys()].filter(matches);
        },
        changedOnBranch: async paths => this.changedOnBranch(slug, paths),
        signal: new AbortController().signal,
        now: Date.now,
        ...services,
      },
    );
  }

  /** Merges what was proposed, as a push to the main branch. */
  merge(slug: string, changes: Changes): void {
    this.acme.push(slug, changes);
  }

  /** Everything that comes from a repository, by reference, without generated Locations. */
  async seen(): Promise<Map<string, Map<string, SeenEntity>>> {
    const answer = await this.backend.get('entities');
    const entities = (await answer.json()) as (Entity & {
      status?: { items?: { message: string }[] };
    })[];
    const bySlug = new Map<string, Map<string, SeenEntity>>();
    for (const { relations, status, ...entity } of entities) {
      const { uid, etag, ...metadata } = entity.metadata;
      const from = metadata.annotations?.['backstage.io/managed-by-location'];
      const slug = /^url:https:\/\/bitbucket.org\/acme\/([^/]+)/.exec(
        from ?? '',
      )?.[1];
      if (slug && !metadata.name.startsWith('generated-')) {
        const ofSlug = bySlug.get(slug) ?? new Map<string, SeenEntity>();
        bySlug.set(
          slug,
          ofSlug.set(stringifyEntityRef(entity), {
            entity: { ...entity, metadata },
            errors: (status?.items ?? []).map(({ message }) => message),
          }),
        );
      }
    }
    return bySlug;
  }

  /** Waits until the catalog has processed everything twice, and shows the result. */
  async settled(): Promise<void> {
    const { knex } = this.parts;
    const dueTimes = async () => {
      const rows: { entity_ref: string; next_update_at: string }[] = await knex(
        'refresh_state',
      ).select('entity_ref', 'next_update_at');
      return new Map(rows.map(row => [row.entity_ref, row.next_update_at]));
    };
    for (let rounds = 0; rounds < 2;) {
      const before = await dueTimes();
      let now = before;
      await until(async () => {
        now = await dueTimes();
        return [...now].every(([ref, due]) => due !== before.get(ref));
      }, 'the catalog to process every entity');
      rounds = [...now.keys()].every(ref => before.has(ref)) ? rounds + 1 : 0;
    }
    await until(async () => {
      const queue = await knex('stitch_queue').select('entity_ref');
      const orphans = await knex('refresh_state as state')
        .leftJoin('refresh_state_references as reference', {
          'reference.target_entity_ref': 'state.entity_ref',
        })
        .whereNull('reference.target_entity_ref')
        .select('state.entity_ref');
      return queue.length + orphans.length === 0;
    }, 'the catalog to show what it has processed');
  }

  /** The catalog files that differ, and those that read what differs. */
  async touched(slug: string): Promise<TouchedFile[]> {
    const { before, after } = this.trees(slug);
    const changed = [...new Set([...before.keys(), ...after.keys()])]
      .filter(path => before.get(path)?.hash !== after.get(path)?.hash)
      .map(path => ({
        oldPath: before.has(path) ? path : undefined,
        newPath: after.has(path) ? path : undefined,
      }));
    return relevantFiles(changed, await this.catalogFiles(slug));
  }

  /** What the catalog reads of the main branch of a repository. */
  private async catalogFiles(slug: string): Promise<CatalogFiles> {
    const urlOf = (path: string) =>
      bitbucketCloudUrls.file(`acme/${slug}`, 'main', path);
    const pathOf = (url: string) =>
      url.startsWith(urlOf('')) ? url.slice(urlOf('').length) : undefined;
    const rows: { key: string }[] = await this.parts
      .knex('refresh_keys')
      .where('key', 'like', `url:${urlOf('')}%`)
      .distinct('key');
    const readers = await readKeyReaders(
      this.tables,
      rows.map(({ key }) => key),
    );
    return toCatalogFiles({
      isWanted: path => path === CATALOG_FILE,
      urlOf,
      pathOf,
      registered: rows.map(({ key }) => {
        const url = key.replace(/^url:/, '');
        const path = pathOf(url)!;
        return {
          url,
          path,
          isGlob: isGlob(path),
          readers: readers.filter(reader => reader.key === key),
        };
      }),
    });
  }

  /** The files of a repository when the branch of a proposal began, and what both became. */
  private trees(slug: string) {
    const { head, branches } = this.acme.repository(slug);
    const proposal = branches.get(BRANCH)!;
    const before = mergeBase(proposal, head!)!.tree;
    return { before, after: proposal.tree, main: head!.tree };
  }

  /** As the host says it of files, with what they were before. */
  private changedOnBranch(slug: string, paths: readonly string[]) {
    const { before, after, main } = this.trees(slug);
    const changes = new Map<string, BranchChange>();
    for (const path of paths) {
      const [was, ours, theirs] = [before, after, main].map(tree =>
        tree.get(path),
      );
      if (was?.hash !== theirs?.hash && ours?.hash !== theirs?.hash) {
        changes.set(path, {
          isTouched: was?.hash !== ours?.hash,
          before: was ? { content: was.content } : { missing: 'absent' },
        });
      }
    }
    return changes;
  }

  private read(slug: string, side: 'head' | 'base', path: string) {
    const { branches } = this.acme.repository(slug);
    const { tree } = branches.get(side === 'head' ? BRANCH : 'main')!;
    const file = tree.get(path);
    return file ? { content: file.content } : { missing: 'absent' as const };
  }
}

/** Installs the processor, and hands over what a check uses. */
function companyModule(found: Partial<CheckWorld['parts']>): BackendFeature {
  return createBackendModule({
    pluginId: 'catalog',
    moduleId: 'company',
    register(env) {
      env.registerInit({
        deps: {
          processing: catalogProcessingExtensionPoint,
          catalog: catalogServiceRef,
          auth: coreServices.auth,
          database: coreServices.database,
        },
        async init({ processing, catalog, auth, database }) {
          processing.addProcessor(new CompanyProcessor());
          found.catalog = catalog;
          found.credentials = () => auth.getOwnServiceCredentials();
          found.knex = await database.getClient();
        },
      });
    },
  });
}
