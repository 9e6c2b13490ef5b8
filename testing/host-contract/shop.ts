import { RepositoryRef, ScmHost } from '../../src/scm/ScmHost';
import { AtCommit, Repository } from '../../src/scm/types';
import { CallPlace } from './calls';
import { HostFile, HostWorld } from './world';

/** The files of the repository `shop`. */
export const FILES: Record<string, HostFile> = {
  'README.md': '# Shop\n',
  'catalog-info.yaml': 'kind: Component\n',
  'docs/api/openapi.yaml': 'openapi: 3.1.0\n',
  'docs/ü #1 100%.md': 'No line feed',
  'empty.yaml': '',
  'folder/catalog-info.yaml/README.md': 'In a folder by the name\n',
  'large.yaml': '#'.repeat(10_001),
  'linked/catalog-info.yaml': { linkTo: '../catalog-info.yaml' },
};

/** What every test begins with: a product with one repository, `shop` in project `PAY`. */
export class Shop {
  readonly world: HostWorld;
  readonly host: ScmHost;

  constructor(world: HostWorld) {
    this.world = world;
    this.host = world.host;
  }

  async find(slug = 'shop'): Promise<Repository> {
    const { host, world } = this;
    const name = world.nameOf?.(slug) ?? slug;
    const fullName = host.fullNameOf(world.selection.workspace, name);
    return host.repository({ by: 'name', fullName }, {});
  }

  /** How `shop` is asked for by its id. */
  async byId(): Promise<RepositoryRef> {
    const { uuid: id, fullName } = await this.find();
    const { workspace } = this.world.selection;
    return { by: 'id', id, fullName, workspace };
  }

  async headOf(branch = 'main'): Promise<AtCommit> {
    const { fullName } = await this.find();
    const hash = await this.host.branch({ fullName }, branch, {});
    return { fullName, hash: `${hash}` };
  }

  async place(): Promise<CallPlace> {
    const { selection } = this.world;
    const [repository, at] = [await this.find(), await this.headOf()];
    return { selection, repository, at };
  }

  async requestsOf(work: () => unknown): Promise<string[]> {
    const before = this.world.requests().length;
    await work();
    return this.world.requests().slice(before);
  }

  /** Two answers that agree prove something where their requests differ. */
  async expectOtherRequests(
    one: () => Promise<unknown>,
    other: () => Promise<unknown>,
  ): Promise<void> {
    const sent = await this.requestsOf(one);
    const sentToo = await this.requestsOf(other);
    expect(Math.min(sent.length, sentToo.length)).toBeGreaterThan(0);
    expect(sentToo.filter(request => sent.includes(request))).toEqual([]);
  }
}

export async function startShop(world: HostWorld): Promise<Shop> {
  await world.addRepository('shop', { files: FILES, projectKey: 'PAY' });
  return new Shop(world);
}
