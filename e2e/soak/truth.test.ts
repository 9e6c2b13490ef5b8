import { differences, linesOf, truthOf } from './truth';
import { CloudWorld } from './CloudWorld';

const UUID = '00000000-0000-4000-8000-000000000000';

describe('truthOf', () => {
  let world: CloudWorld;
  beforeEach(async () => {
    world = await CloudWorld.start({ repositories: 20 });
  });
  afterEach(() => world.stop());

  const lines = () => [...truthOf(world).values()].flat();

  it('has a Location and a component for each catalog file', () => {
    const [first] = world.shown.filter(({ head }) =>
      head?.tree.has('catalog-info.yaml'),
    );
    const target = `https://bitbucket.org/soak/${first.slug}/src/${first.mainBranch}/catalog-info.yaml`;
    expect(truthOf(world).get(first.uuid)).toEqual([
      `Location ${target}`,
      `Component ${first.uuid.slice(1, -1)} of step-0 from url:${target}`,
    ]);
  });

  it('leaves out what the credential cannot see, and what the filter wants out', () => {
    const before = lines().length;
    const [one, other] = world.shown.filter(({ head }) =>
      head?.tree.has('catalog-info.yaml'),
    );
    world.hidden.add(one.uuid);
    world.workspace.setProject(other.slug, 'LAB');
    expect(lines()).toHaveLength(before - 4);
  });

  it('keeps what is out of sight for a while', () => {
    const before = lines();
    world.blackout = new Set(world.shown.map(({ uuid }) => uuid));
    expect(lines()).toEqual(before);
  });
});

it('reads a catalog as a truth is written', () => {
  const managed = { 'backstage.io/managed-by-location': 'url:https://there' };
  expect(
    linesOf([
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Location',
        metadata: { name: 'generated' },
        spec: { target: 'https://there' },
      },
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: { name: UUID, annotations: managed },
        spec: { lifecycle: 'step-7' },
      },
    ]),
  ).toEqual([
    'Location https://there',
    `Component ${UUID} of step-7 from url:https://there`,
  ]);
});

it('distinguishes what is missing from what is too much', () => {
  expect(differences(['a', 'b'], ['b', 'c'])).toEqual([
    'missing: a',
    'too much: c',
  ]);
  expect(differences(['a'], ['a'])).toEqual([]);
});
