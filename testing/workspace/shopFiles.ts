import { Files } from '../../dev/simulator/world/tree';
import { CommitFiles } from '../../src/mirror/CommitFiles';
import { startWorld, World } from './startWorld';

/** What tests of an index do with the files of a repository `shop`. */
export function shopFiles() {
  let world: World;

  const start = async (files: Files, others: Record<string, Files> = {}) => {
    world = await startWorld({ shop: files, ...others });
  };

  /** Opens a ref of a repository as it is now. */
  async function tryOpen(
    ref: string,
    options: { slug?: string; index?: World['index'] } = {},
  ): Promise<CommitFiles | undefined> {
    const { slug = 'shop', index = world.index } = options;
    const repository = await world.client.getRepository('acme', slug);
    return index.files.open(repository, ref, {});
  }

  async function open(...args: Parameters<typeof tryOpen>) {
    const files = await tryOpen(...args);
    if (!files) {
      throw new Error(`There is no ${args[0]}`);
    }
    return files;
  }

  /** What it takes beyond one request for the repository as it is now. */
  const costToOpen = async (ref: string) =>
    (await world.cost(() => tryOpen(ref))) - 1;

  async function content(files: CommitFiles, path: string): Promise<string> {
    const file = await files.stat(path, {});
    expect(file.exists).toBe(true);
    return String(await files.read(path, file, {}));
  }

  const lookAt = (files: CommitFiles, path: string) => files.stat(path, {});

  const head = () => world.acme.repository('shop').head?.hash ?? '';

  /** Updates the repository on a branch that no test opens. */
  function update(): void {
    world.timing.advance(60_000);
    world.acme.push('shop', { 'x.txt': '' }, { branch: 'elsewhere' });
  }

  return {
    get world() {
      return world;
    },
    start,
    tryOpen,
    open,
    costToOpen,
    content,
    lookAt,
    head,
    update,
  };
}
