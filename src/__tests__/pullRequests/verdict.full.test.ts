import { isDeepStrictEqual } from 'node:util';
import { CheckResult } from '../../pull-requests/checkResult';
import { CheckWorld, SeenEntity } from './CheckWorld';
import { ACCEPTED_FILES } from './acceptedFiles';
import { CHANGED_BRANCHES } from './changedBranches';
import { REJECTED_ENTITIES } from './rejectedEntities';
import { REJECTED_FILES } from './rejectedFiles';
import { VerdictCase } from './verdictCase';

/** By slug of the repository; each component has the slug for a name, or begins with it. */
const VERDICT_CASES: Record<string, VerdictCase> = {
  ...ACCEPTED_FILES,
  ...CHANGED_BRANCHES,
  ...REJECTED_FILES,
  ...REJECTED_ENTITIES,
};

const RULES = [
  { allow: ['API', 'Component', 'Gadget', 'Location'] },
  { allow: [{ kind: 'Resource', 'spec.type': 'database' }] },
  {
    allow: ['User'],
    locations: [
      {
        type: 'url',
        exact:
          'https://bitbucket.org/acme/allowed-user/src/main/catalog-info.yaml',
      },
    ],
  },
];

/**
 * Each pull request is checked and then merged in the same backend, all of them at once.
 * What the check says of each entity is what the catalog then does with it.
 */
describe('what a check says', () => {
  let world: CheckWorld;
  let before: Map<string, Map<string, SeenEntity>>;
  let afterChecks: typeof before;
  let after: Map<string, Map<string, SeenEntity>>;
  const results = new Map<string, CheckResult>();
  const slugs = Object.keys(VERDICT_CASES);

  beforeAll(async () => {
    const filler = { 'README.md': 'Nothing.\n' };
    world = await CheckWorld.start(
      Object.fromEntries(
        slugs.map(slug => [slug, VERDICT_CASES[slug].before ?? filler]),
      ),
      { rules: RULES },
    );
    slugs.forEach(slug => world.propose(slug, VERDICT_CASES[slug].changes));
    for (const [slug, { meanwhile }] of Object.entries(VERDICT_CASES)) {
      if (meanwhile) {
        world.merge(slug, meanwhile);
      }
    }
    await world.backend.walk();
    await world.settled();
    before = await world.seen();
    for (const slug of slugs) {
      results.set(slug, await world.check(slug));
    }
    afterChecks = await world.seen();
    for (const [slug, { changes, merged = changes }] of Object.entries(
      VERDICT_CASES,
    )) {
      world.merge(slug, merged);
    }
    await world.backend.walk();
    await world.settled();
    after = await world.seen();
  });
  afterAll(() => world?.stop());

  it.each(slugs)('of %s is what the catalog does', slug => {
    const { plan, findings } = results.get(slug)!;
    const was = before.get(slug) ?? new Map<string, SeenEntity>();
    const is = after.get(slug) ?? new Map<string, SeenEntity>();
    const refs = new Set(was.keys());
    for (const { action, entityRef } of plan) {
      if (action === 'remove') {
        refs.delete(entityRef);
      } else {
        refs.add(entityRef);
      }
    }
    expect({ findings, refs: [...is.keys()].sort() }).toEqual({
      findings,
      refs: [...refs].sort(),
    });

    const planned = new Set(plan.map(({ entityRef }) => entityRef));
    const isPlanned = ([ref]: [string, SeenEntity]) => planned.has(ref);
    const changed = [...is].filter(isPlanned);
    expect(changed.flatMap(([, { errors }]) => errors)).toEqual([]);
    expect(
      changed.filter(([ref, { entity }]) =>
        isDeepStrictEqual(entity, was.get(ref)?.entity),
      ),
    ).toEqual([]);
    const rest = [...is].filter(one => !isPlanned(one));
    expect(rest.map(([ref, { entity }]) => [ref, entity])).toEqual(
      rest.map(([ref]) => [ref, was.get(ref)?.entity]),
    );
  });

  it('changes nothing in the catalog', () => {
    expect(afterChecks).toEqual(before);
  });

  it.each(slugs)('of %s has the errors that are expected', slug => {
    const { errors = [], rejectedFiles = 0 } = VERDICT_CASES[slug];
    const { findings } = results.get(slug)!;
    const found = findings.filter(({ severity }) => severity === 'error');
    expect(found.map(({ rule }) => rule).sort()).toEqual([...errors].sort());
    expect(findings.filter(({ rejects }) => rejects === 'file')).toHaveLength(
      rejectedFiles,
    );
    for (const { path, line, message } of found) {
      expect({ path, line, message }).toEqual({
        path: expect.any(String),
        line: expect.any(Number),
        message: expect.stringMatching(/^[^\n]{10,450}$/),
      });
    }
  });
});
