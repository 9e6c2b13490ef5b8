import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  loadWorkspaceFolder,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../simulator';
import {
  RecordingLogger,
  recordingLogger,
} from '../../testing/bitbucket/recordingLogger';
import { Receiver, startReceiver } from '../../testing/simulator/receiver';
import { TemporaryFolder } from './__testUtils__/temporaryFolder';
import { followFolder } from './followFolder';
import { WorkspaceFolder } from './WorkspaceFolder';

const DESCRIPTION = `
slug: acme
name: Acme
projects:
  - key: PAY
    name: Payments
repositories:
  - slug: shop
    project: PAY
  - slug: pay
    project: PAY
`;

const SECRET = 'a-secret-for-tests';

describe('followFolder', () => {
  let files: TemporaryFolder;
  let workspace: SimulatedWorkspace;
  let simulator: Simulator;
  let receiver: Receiver;
  let folder: WorkspaceFolder;
  let unfollow: (() => Promise<void>) | undefined;
  let logger: RecordingLogger;

  beforeEach(async () => {
    files = await TemporaryFolder.create();
    await files.write({
      'workspace.yaml': DESCRIPTION,
      'repositories/shop/catalog-info.yaml': 'kind: Component',
      'repositories/pay/catalog-info.yaml': 'kind: Component',
    });
    workspace = loadWorkspaceFolder(files.path);
    simulator = await startSimulator({ workspaces: [workspace] });
    receiver = await startReceiver();
    folder = new WorkspaceFolder(files.path, workspace);
    unfollow = undefined;
    logger = recordingLogger();
  });
  afterEach(async () => {
    await unfollow?.();
    await simulator.stop();
  });

  function follow(): void {
    workspace.hooks.add({
      url: receiver.url,
      secret: SECRET,
      events: ['repo:push', 'repo:created', 'repo:deleted'],
    });
    unfollow = followFolder({
      folder,
      deliveries: simulator.deliveries,
      logger,
      // Ample for a busy machine to write a few files in.
      quietMs: 500,
    });
  }

  const lines = () =>
    logger.lines.map(({ level, message }) => `${level} ${message}`);

  /** Waits until so many lines have been logged. */
  async function logged(count: number): Promise<void> {
    while (logger.lines.length < count) {
      await sleep(20);
    }
  }

  const pushed = () =>
    receiver.received.map(({ headers, payload }) => {
      const { repository } = payload as { repository: { full_name: string } };
      return `${headers['x-event-key']} ${repository.full_name}`;
    });

  it('delivers what was changed, signed, and says so in a line', async () => {
    follow();
    await files.write({ 'repositories/shop/catalog-info.yaml': 'kind: API' });
    await logged(1);
    expect(lines()).toEqual([
      'info Pushed to main of acme/shop (catalog-info.yaml), delivered',
    ]);
    expect(pushed()).toEqual(['repo:push acme/shop']);
    expect(receiver.received[0].headers['x-hub-signature']).toMatch(/^sha256=/);
    const { head } = workspace.repository('shop');
    expect(String(head?.tree.get('catalog-info.yaml')?.content)).toBe(
      'kind: API',
    );
  });

  it('delivers what was changed before it began', async () => {
    await files.write({ 'repositories/shop/catalog-info.yaml': 'kind: API' });
    follow();
    await logged(1);
    expect(pushed()).toEqual(['repo:push acme/shop']);
  });

  it('makes one push of a burst, with what each file is like in the end', async () => {
    follow();
    const path = 'repositories/shop/catalog-info.yaml';
    await files.write({ [`${path}~`]: 'kind: Component', [path]: '' });
    await files.write({ [path]: 'kind: Sys' });
    await files.write({
      'repositories/shop/.catalog-info.yaml.new': 'kind: X',
    });
    await rename(
      join(files.path, 'repositories/shop/.catalog-info.yaml.new'),
      join(files.path, path),
    );
    await files.write({
      'repositories/pay/a': 'a',
      'repositories/pay/b': 'b',
      'repositories/pay/c': 'c',
      'repositories/pay/catalog-info.yaml': 'kind: Y',
      'repositories/pay/d/e': 'e',
    });
    await logged(2);
    expect(lines()).toEqual([
      'info Pushed to main of acme/shop (catalog-info.yaml), delivered',
      'info Pushed to main of acme/pay (a, b, c, 2 more), delivered',
    ]);
    expect(pushed().sort()).toEqual([
      'repo:push acme/pay',
      'repo:push acme/shop',
    ]);
    const { head } = workspace.repository('shop');
    expect(String(head?.tree.get('catalog-info.yaml')?.content)).toBe(
      'kind: X',
    );
  });

  it('logs repositories that are added and deleted', async () => {
    follow();
    await files.write({ 'repositories/kayaks/README.md': '# Kayaks' });
    await logged(1);
    await files.remove('repositories/kayaks');
    await logged(2);
    expect(lines()).toEqual([
      'info Created acme/kayaks (README.md), delivered',
      'info Deleted acme/kayaks, delivered',
    ]);
    expect(pushed()).toContain('repo:created acme/kayaks');
    expect(pushed()).toContain('repo:deleted acme/kayaks');
  });

  it('says why a delivery did not arrive', async () => {
    follow();
    receiver.answers.push(403, 403, 403);
    await files.write({ 'repositories/shop/catalog-info.yaml': 'kind: API' });
    await logged(1);
    expect(lines()).toEqual([
      'warn Pushed to main of acme/shop (catalog-info.yaml), not delivered (HTTP 403), so that the next walk finds it',
    ]);
  });

  it('says of what there is no event that the next walk finds it', async () => {
    unfollow = followFolder({
      folder,
      deliveries: simulator.deliveries,
      nameOf: fullName => fullName.replace('acme', 'PAY'),
      logger,
      quietMs: 500,
    });
    await files.remove('repositories/pay');
    await logged(1);
    expect(lines()).toEqual([
      'info Deleted PAY/pay, for which there is no event, so that the next walk finds it',
    ]);
  });

  it('says that the description is read at the start only', async () => {
    follow();
    await files.write({ 'workspace.yaml': `${DESCRIPTION}\n` });
    await logged(1);
    expect(lines()).toEqual([
      expect.stringMatching(/workspace\.yaml is read at the start only/),
    ]);
    expect(pushed()).toEqual([]);
  });
});
