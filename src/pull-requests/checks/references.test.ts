import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { BuiltinKindsEntityProcessor } from '@backstage/plugin-catalog-backend';
import { JsonObject } from '@backstage/types';
import { RELATION_FIELDS, referencesOf, similarRef } from './references';

/** Fields that no relation comes from, too, as a kind may gain one. */
const FIELDS = [
  ...new Set(
    Object.values(RELATION_FIELDS).flatMap(fields =>
      fields.map(({ field }) => field),
    ),
  ),
];

async function emittedBy(entity: Entity): Promise<string[]> {
  const targets = new Set<string>();
  await new BuiltinKindsEntityProcessor().postProcessEntity(
    entity,
    { type: 'url', target: 'https://example.com' },
    result => {
      if (result.type === 'relation') {
        targets.add(stringifyEntityRef(result.relation.source));
        targets.add(stringifyEntityRef(result.relation.target));
      }
    },
  );
  targets.delete(stringifyEntityRef(entity));
  return [...targets].sort();
}

describe('the references of an entity', () => {
  const kinds = [...Object.keys(RELATION_FIELDS), 'Location', 'Template'];

  it.each(kinds)(
    'of kind %s are those that the catalog makes relations of',
    async kind => {
      const entity = {
        apiVersion: 'backstage.io/v1alpha1',
        kind,
        metadata: { name: 'one', namespace: 'sales' },
        spec: Object.fromEntries(
          FIELDS.flatMap(field => {
            const isOpen = ['dependsOn', 'dependencyOf'].includes(field);
            const name = field.toLowerCase();
            return [[field, isOpen ? [`resource:${name}`] : name]];
          }),
        ),
      };
      expect(
        referencesOf(entity)
          .map(({ entityRef }) => entityRef)
          .sort(),
      ).toEqual(await emittedBy(entity));
    },
  );

  it('have the pointers to their fields', () => {
    const entity: JsonObject = {
      kind: 'Component',
      metadata: { name: 'one' },
      spec: {
        owner: 'user:sales/Jane',
        dependsOn: ['component:a', 'no-kind', 3, { $text: './x' }],
      },
    };
    expect(referencesOf(entity)).toEqual([
      {
        pointer: '/spec/owner',
        field: 'spec.owner',
        entityRef: 'user:sales/jane',
      },
      {
        pointer: '/spec/dependsOn/0',
        field: 'spec.dependsOn',
        entityRef: 'component:default/a',
      },
    ]);
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'of the kind %s are none',
    kind => {
      expect(
        referencesOf({ kind, metadata: { name: 'x' }, spec: { owner: 'y' } }),
      ).toEqual([]);
    },
  );
});

describe('similarRef', () => {
  it.each([
    ['group:default/paymnets', 'group:default/payments'],
    ['group:default/bulling', 'group:default/billing'],
    ['group:default/warehouse', undefined],
    ['user:default/payments', undefined],
    ['group:other/payments', undefined],
  ])('of %s is %s', (ref, expected) => {
    expect(
      similarRef(ref, ['group:default/payments', 'group:default/billing']),
    ).toBe(expected);
  });
});
