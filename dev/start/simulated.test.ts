import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWorkspace } from './simulated';

describe('readWorkspace', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'workspace-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('says which file is missing, without a stack', () => {
    expect(() => readWorkspace(folder)).toThrow(
      expect.objectContaining({
        name: 'StartError',
        message: expect.stringMatching(
          /^The simulated workspace cannot be read\. ENOENT.*workspace\.yaml'$/,
        ),
      }),
    );
  });

  it('names the key of the description that is wrong', async () => {
    await writeFile(join(folder, 'workspace.yaml'), 'slug: acme\n');
    expect(() => readWorkspace(folder)).toThrow(
      expect.objectContaining({
        name: 'StartError',
        message: expect.stringMatching(/workspace\.yaml: [^]*at repositories/),
      }),
    );
  });
});
