import eventsPlugin from '@backstage/plugin-events-backend';
import {
  HookEvent,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import { componentFile, configFor, TestBackend, until } from '../../testing';

const SECRET = 'a-secret-for-tests';
const EVENTS: HookEvent[] = [
  'repo:push',
  'repo:created',
  'repo:deleted',
  'repo:transfer',
  'repo:updated',
];
const OTHER = 'https://bitbucket.org/Other/Docs/src/main';
const LONG = `${'folder/'.repeat(40)}catalog-info.yaml`;

/** A component with a text from another file. */
const withText = (name: string) =>
  componentFile(name).replace('spec:', 'spec:\n  note:\n    $text: ./note.txt');

describe('a catalog that processes everything every 30 minutes', () => {
  let acme: SimulatedWorkspace;
  let other: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;

  beforeAll(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    other = new SimulatedWorkspace({ slug: 'other' });
    for (const slug of ['shop', 'pay', 'stock', 'old']) {
      acme.addRepository({
        slug,
        files: { 'catalog-info.yaml': componentFile(slug) },
      });
    }
    acme.addRepository({
      slug: 'noted',
      files: { 'catalog-info.yaml': withText('noted'), 'note.txt': 'before' },
    });
    acme.addRepository({
      slug: 'broken',
      files: { 'catalog-info.yaml': 'kind: [' },
    });
    other.addRepository({
      slug: 'docs',
      files: {
        'catalog-info.yaml': withText('docs'),
        'note.txt': 'before',
        [LONG]: componentFile('long'),
        'broken.yaml': 'kind: [',
      },
    });
    simulator = await startSimulator({ workspaces: [acme, other] });
    const config = configFor(simulator, { workspace: 'acme' });
    backend = await TestBackend.start({
      config: {
        ...config,
        catalog: {
          ...config.catalog,
          processingInterval: { minutes: 30 },
          scmEvents: true,
        },
        events: {
          useEventBus: 'never',
          modules: { bitbucketCloud: { webhookSecret: SECRET } },
        },
      },
      features: [bitbucketCloud, eventsPlugin],
    });
    for (const path of ['catalog-info.yaml', 'broken.yaml', LONG]) {
      const target = `${OTHER}/${path}`;
      await backend.post('locations', { type: 'url', target });
    }
    await backend.walked();
    await backend.hasComponents([
      ...['docs', 'long', 'noted', 'old', 'pay', 'shop', 'stock'],
    ]);
  });
  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
  });

  /** From now on deliveries come. */
  function deliver(): void {
    const url = `${backend.baseUrl}/api/events/http/bitbucketCloud`;
    [acme, other].forEach(({ hooks }) =>
      hooks.add({ url, events: EVENTS, secret: SECRET }),
    );
  }

  async function expectField(name: string, field: string, value: string) {
    await until(async () => {
      const components = await backend.entities('component');
      const found = components.find(({ metadata }) => metadata.name === name);
      return found?.spec?.[field] === value;
    }, `${name} with ${field} ${value}`);
  }

  it('shows what an incremental walk finds: a push, a new repository, a removed file', async () => {
    acme.push('shop', { 'catalog-info.yaml': componentFile('shop', 'walked') });
    acme.push('old', { 'catalog-info.yaml': null });
    acme.addRepository({
      slug: 'new',
      files: { 'catalog-info.yaml': componentFile('new') },
    });
    await backend.walk();
    await expectField('shop', 'lifecycle', 'walked');
    await backend.hasComponents([
      ...['docs', 'long', 'new', 'noted', 'pay', 'shop', 'stock'],
    ]);
  });

  it('shows a push of a file that could not be parsed before', async () => {
    acme.push('broken', { 'catalog-info.yaml': componentFile('broken') });
    await backend.walk();
    await expectField('broken', 'lifecycle', 'production');
  });

  it('applies what deliveries report: pushes, changed placeholders, a removed file', async () => {
    deliver();
    acme.push('shop', { 'catalog-info.yaml': componentFile('shop', 'pushed') });
    acme.push('noted', { 'note.txt': 'after' });
    acme.push('new', { 'catalog-info.yaml': null });
    acme.removeRepository('stock');
    await expectField('shop', 'lifecycle', 'pushed');
    await expectField('noted', 'note', 'after');
    await backend.hasComponents([
      ...['broken', 'docs', 'long', 'noted', 'pay', 'shop'],
    ]);
  });

  it('shows pushes to registered locations, to what they include, and to those with long URLs', async () => {
    other.push('docs', {
      'catalog-info.yaml': withText('docs').replace('production', 'pushed'),
      [LONG]: componentFile('long', 'pushed'),
    });
    await expectField('docs', 'lifecycle', 'pushed');
    await expectField('long', 'lifecycle', 'pushed');
    other.push('docs', { 'note.txt': 'after' });
    await expectField('docs', 'note', 'after');
    other.push('docs', { [LONG]: null });
    await backend.hasComponents(['broken', 'docs', 'noted', 'pay', 'shop']);
  });

  it('shows a push to a registered location that could not be parsed before', async () => {
    other.push('docs', { 'broken.yaml': componentFile('fixed') });
    await expectField('fixed', 'lifecycle', 'production');
  });
});
