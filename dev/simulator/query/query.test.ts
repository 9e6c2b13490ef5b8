import { Fields, parseQuery, QuerySyntaxError, sortBy } from '.';

type Ship = {
  name: string;
  length: number | null;
  built: number;
  active: boolean;
  flags: string[];
};

const FIELDS: Fields<Ship> = {
  name: { type: 'string', get: ship => ship.name },
  length: { type: 'number', get: ship => ship.length },
  built: { type: 'date', get: ship => ship.built },
  active: { type: 'boolean', get: ship => ship.active },
  flags: { type: 'string', get: ship => ship.flags },
  home: { type: 'object', get: () => null },
};

const ships: Ship[] = [
  {
    name: 'Auk',
    length: 40,
    built: Date.UTC(2020, 0, 1),
    active: true,
    flags: ['no', 'dk'],
  },
  {
    name: 'Brent',
    length: 90,
    built: Date.UTC(2024, 5, 1),
    active: false,
    flags: [],
  },
  {
    name: 'Crake "C"',
    length: null,
    built: Date.UTC(2026, 9, 1),
    active: true,
    flags: ['no'],
  },
];

const names = (found: Ship[]) => found.map(ship => ship.name[0]).join('');

describe('parseQuery', () => {
  it.each([
    ['name = "Auk"', 'A'],
    ['name != "Auk"', 'BC'],
    ['name ~ "R"', 'BC'],
    ['name !~ "R"', 'A'],
    ['name = "Crake \\"C\\""', 'C'],
    ['length > 40', 'B'],
    ['length>=40', 'AB'],
    ['length < 90 ', 'A'],
    ['length <= 90', 'AB'],
    ['length = null', 'C'],
    ['length != null', 'AB'],
    ['home = null', 'ABC'],
    ['active = true', 'AC'],
    ['active=false', 'B'],
    ['flags = "no"', 'AC'],
    ['flags != "no"', 'B'],
    ['name IN ("Auk", "Brent")', 'AB'],
    ['name NOT IN ("Auk", "Brent")', 'C'],
    ['built > 2024-06-01', 'C'],
    ['built>=2024-06-01T00:00:00+00:00', 'BC'],
    ['built < 2024-06-01T02:00:00.000000+02:00', 'A'],
    ['built < "2024-06-01T00:00:00Z"', 'A'],
    ['active = true AND flags = "dk"', 'A'],
    ['length = 90 OR active = true and flags = "dk"', 'AB'],
    ['(length = 90 or active = true) AND flags = "dk"', 'A'],
  ])('%s', (query, expected) => {
    expect(names(ships.filter(parseQuery(query, FIELDS)))).toBe(expected);
  });

  it.each([
    ['name', 'expected an operator, found the end'],
    ['name = ', 'expected a value, found the end'],
    ['name = Auk', 'expected a value, found "Auk"'],
    ['name = "Auk', 'unexpected ""Auk"'],
    ['name = "Auk" length = 4', 'expected the end, found "length"'],
    ['(name = "Auk"', 'expected ")", found the end'],
    ['colour = "red"', 'unknown field colour'],
    ['constructor = "x"', 'unknown field constructor'],
    ['active = "true"', '"true" is not a boolean'],
    ['built > 2024-19-01', '2024-19-01 is not a date'],
    ['name NOT "x"', 'expected IN, found "x"'],
  ])('refuses %s', (query, message) => {
    expect(() => parseQuery(query, FIELDS)).toThrow(
      new QuerySyntaxError(message),
    );
  });
});

describe('sortBy', () => {
  it.each([
    ['name', 'ABC'],
    ['-name', 'CBA'],
    ['length', 'CAB'],
    ['-built', 'CBA'],
    ['active', 'BAC'],
  ])('%s', (sort, expected) => {
    expect(names(sortBy(ships, sort, FIELDS))).toBe(expected);
  });

  it.each(['colour', 'home'])('refuses %s', sort => {
    expect(() => sortBy(ships, sort, FIELDS)).toThrow(QuerySyntaxError);
  });
});
