import { ConfigReader } from '@backstage/config';
import { JsonObject } from '@backstage/types';
import { readCatalogRules } from './catalogRules';

const FILE = 'https://bitbucket.org/acme/shop/src/main/teams/catalog-info.yaml';

describe('readCatalogRules', () => {
  const isAllowed = (catalog: JsonObject, kind: string, type?: string) =>
    readCatalogRules(new ConfigReader({ catalog })).allows(
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind,
        metadata: { name: 'any' },
        spec: { type },
      },
      [FILE, 'https://bitbucket.org/acme/shop/src/main/**'],
    );

  it.each([
    ['Component', true],
    ['api', true],
    ['Location', true],
    ['Secret', false],
    ['Group', false],
    ['Template', false],
  ])('by default: %s %s', (kind, expected) => {
    expect(isAllowed({}, kind)).toBe(expected);
  });

  it.each<[JsonObject, boolean]>([
    [{ allow: ['Group'] }, true],
    [{ allow: ['User'] }, false],
    [{ allow: [] }, false],
    [{ allow: [{ kind: 'group' }] }, true],
    [{ allow: [{ kind: 'Group', 'spec.type': 'Team' }] }, true],
    [{ allow: [{ kind: 'Group', 'spec.type': 'unit' }] }, false],
  ])('by the global rule %j: a team %s', (rule, expected) => {
    expect(isAllowed({ rules: [rule] }, 'Group', 'team')).toBe(expected);
  });

  it.each<[JsonObject, boolean]>([
    [{ type: 'url' }, true],
    [{ type: 'file' }, false],
    [{ type: 'url', exact: FILE }, true],
    [{ type: 'url', exact: `${FILE}2` }, false],
    [{ type: 'url', pattern: 'https://bitbucket.org/ACME/**' }, true],
    [{ type: 'url', pattern: 'https://bitbucket.org/*/*/src/main/**' }, true],
    [{ type: 'url', pattern: 'https://bitbucket.org/acme/*' }, false],
    [{ type: 'url', pattern: '**/{teams,users}/*.{yaml,yml}' }, true],
    [{ type: 'url', pattern: '**/{orgs,users}/*.{yaml,yml}' }, false],
    [{ type: 'url', pattern: '**/[s-u]eams/*' }, false],
  ])('by the location %j of a rule: a group %s', (location, expected) => {
    const rules = [
      { allow: ['Component'] },
      { allow: ['Group'], locations: [location] },
    ];
    expect(isAllowed({ rules }, 'Group')).toBe(expected);
    expect(isAllowed({ rules }, 'Component')).toBe(true);
  });

  it.each([
    [FILE, true],
    [`${FILE}2`, false],
  ])('by the rules of the location %s: a group %s', (target, expected) => {
    const rules = [{ allow: ['Group'] }];
    const locations = [
      { type: 'url', target, rules },
      { type: 'url', target },
    ];
    expect(isAllowed({ locations }, 'Group')).toBe(expected);
  });
});
