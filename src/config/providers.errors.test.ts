import { ConfigReader } from '@backstage/config';
import { readProviderConfigs } from './providers';
import { ConfigurationError } from './schema';

type Section = NonNullable<ConstructorParameters<typeof ConfigReader>[0]>;

const KEY = 'catalog.providers.bitbucketCloud';
const UNSET =
  'An environment variable that is not set leaves out the key that refers to it with ${…}.';
const BLANK =
  'is blank. Give it a value or remove the key; if it refers to an environment variable, that variable is set but empty.';
const MISSING = `is missing. Write the slug of the workspace, which is the "acme" of https://bitbucket.org/acme. ${UNSET}`;
const NOT_A_WORKSPACE =
  'must be a slug (letters, digits, "-", "_" and "."), which is the "acme" of https://bitbucket.org/acme, or a UUID in braces.';

function problemsOf(bitbucketCloud: Section[string]) {
  try {
    readProviderConfigs(
      new ConfigReader({ catalog: { providers: { bitbucketCloud } } }),
    );
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe('readProviderConfigs', () => {
  it.each<[string, Section, string[]]>([
    [
      'an unset workspace',
      { catalogPath: '/a.yaml' },
      [`${KEY}.workspace ${MISSING}`],
    ],
    [
      'a misspelled workspace',
      { workspce: 'acme' },
      [
        `${KEY}.workspace ${MISSING}`,
        `${KEY}.workspce is unknown and has no effect. Did you mean workspace?`,
      ],
    ],
    [
      'filters alone',
      { filters: { forks: true } },
      [`${KEY}.workspace ${MISSING}`],
    ],
    ['a blank workspace', { workspace: ' ' }, [`${KEY}.workspace ${BLANK}`]],
    [
      'a numeric workspace',
      { workspace: 42 },
      [`${KEY}.workspace must be text, but is a number. Put quotes around it.`],
    ],
    [
      'a URL for a workspace',
      { workspace: 'https://bitbucket.org/acme/shop/src/main/' },
      [`${KEY}.workspace must be a slug, but is a URL. Write 'acme'.`],
    ],
    [
      'a workspace with a repository',
      { workspace: 'acme/shop' },
      [`${KEY}.workspace ${NOT_A_WORKSPACE}`],
    ],
    [
      'a workspace that would leave the path of a request',
      { workspace: '..' },
      [`${KEY}.workspace ${NOT_A_WORKSPACE}`],
    ],
    [
      'a UUID without its braces',
      { workspace: '6f2a1c0e-0b1d-4c3e-8f5a-9b7c6d5e4f3a' },
      [
        `${KEY}.workspace is a UUID without its braces. Write '{6f2a1c0e-0b1d-4c3e-8f5a-9b7c6d5e4f3a}', with the quotes.`,
      ],
    ],
    [
      'a UUID without its quotes, which is a map in YAML',
      { workspace: { '6f2a1c0e-0b1d-4c3e-8f5a-9b7c6d5e4f3a': null } },
      [
        `${KEY}.workspace must be text, but is a map. Put quotes around a UUID in braces.`,
      ],
    ],
    [
      'a blank path',
      { workspace: 'acme', catalogPath: '' },
      [`${KEY}.catalogPath ${BLANK}`],
    ],
    [
      'a folder for a path',
      { workspace: 'acme', catalogPath: ['/a.yaml', 'docs/'] },
      [
        `${KEY}.catalogPath must name a file, but 'docs/' names a folder. Write for example 'docs/catalog-info.yaml'.`,
      ],
    ],
    ...['./a.yaml', '/../a.yaml', 'a//b.yaml', '//a.yaml'].map(
      (catalogPath): [string, Section, string[]] => [
        `the path ${catalogPath}`,
        { workspace: 'acme', catalogPath },
        [
          `${KEY}.catalogPath must be a plain path, but '${catalogPath}' has an empty segment, "." or ".." in it. Remove it: a path begins at the root of the repository.`,
        ],
      ],
    ),
    ...[
      [
        '/catalog-info.y?ml',
        'has "?", "[" or "]" in it, which is not supported.',
      ],
      [
        '**/catalog-info.[y]aml',
        'has "?", "[" or "]" in it, which is not supported.',
      ],
      [
        '/catalog-info.@(yaml|yml)',
        'has a group in parentheses, which is not supported.',
      ],
      [
        '!/old/catalog-info.yaml',
        'begins with "!", but paths cannot be left out again.',
      ],
      [
        'services\\catalog-info.yaml',
        'has a backslash in it, which is not supported.',
      ],
    ].map(([catalogPath, why]): [string, Section, string[]] => [
      `the path ${catalogPath}`,
      { workspace: 'acme', catalogPath },
      [
        `${KEY}.catalogPath cannot be '${catalogPath}', which ${why} Write a list of paths, such as ['/catalog-info.yaml', '/catalog-info.yml']; "*" stands for any part of one name, "**" for any folders, and {yaml,yml} for either.`,
      ],
    ]),
    [
      'several paths in one text',
      { workspace: 'acme', catalogPath: '/catalog-info.yaml, /docs/api.yml' },
      [
        `${KEY}.catalogPath is one text with several paths in it: '/catalog-info.yaml, /docs/api.yml'. Write a list of paths, such as ['/catalog-info.yaml', '/catalog-info.yml'].`,
      ],
    ],
    [
      'braces that stand for a folder',
      { workspace: 'acme', catalogPath: ['/a.yaml', '/{a.yaml,docs/}'] },
      [
        `${KEY}.catalogPath must name a file, but '/docs/' names a folder. Write for example '/docs/catalog-info.yaml'.`,
      ],
    ],
    [
      'braces without a comma',
      { workspace: 'acme', catalogPath: '/{a}.yaml' },
      [
        `${KEY}.catalogPath has braces without a comma: '/{a}.yaml'. Write alternatives such as '/catalog-info.{yaml,yml}', each of them spelled out.`,
      ],
    ],
    [
      'a brace without its counterpart',
      { workspace: 'acme', catalogPath: '/{a,b.yaml' },
      [
        `${KEY}.catalogPath has a brace without its counterpart: '/{a,b.yaml'. Write for example '/catalog-info.{yaml,yml}'.`,
      ],
    ],
    [
      'braces for too many paths',
      { workspace: 'acme', catalogPath: '{0,1}'.repeat(7) },
      [
        `${KEY}.catalogPath stands for more than 100 paths: '${'{0,1}'.repeat(7)}'. Use "*" for a part of a name that may be anything.`,
      ],
    ],
    [
      'a ref for a branch',
      { workspace: 'acme', branch: 'refs/heads/release/1' },
      [
        `${KEY}.branch must be the name of a branch, but is the ref 'refs/heads/release/1'. Write 'release/1'.`,
      ],
    ],
    [
      'filters that can match nothing',
      {
        workspace: 'acme',
        filters: {
          projectKey: '/PAY/',
          repoSlug: '/^service-.*$/i',
          exclude: { projectKey: '//', repoSlug: 'acme/.*-archive' },
        },
      },
      [
        ['projectKey', '/PAY/', 'PAY'],
        ['repoSlug', '/^service-.*$/i', '^service-.*$'],
        ['exclude.projectKey', '//', ''],
      ]
        .map(
          ([key, written, expression]) =>
            `${KEY}.filters.${key} is '${written}', which would match nothing, since slashes and flags are not part of an expression. Write '${expression}'. Slugs are in lower case and project keys in upper case, so that no flag is needed.`,
        )
        .concat(
          `${KEY}.filters.exclude.repoSlug is 'acme/.*-archive', which would match nothing, since neither slugs nor project keys have a slash in them. Write '.*-archive'.`,
        ),
    ],
    [
      'no paths',
      { workspace: 'acme', catalogPath: [] },
      [
        `${KEY}.catalogPath is an empty list. Write at least one path, or remove the key for /catalog-info.yaml.`,
      ],
    ],
    [
      'a path that is not text',
      { workspace: 'acme', catalogPath: ['/a.yaml', null] },
      [`${KEY}.catalogPath must be a list of texts, but its entry 2 is empty.`],
    ],
    [
      'a blank branch',
      { workspace: 'acme', branch: '' },
      [`${KEY}.branch ${BLANK}`],
    ],
    [
      'no boolean',
      { workspace: 'acme', fallbackToDefaultBranch: 'maybe' },
      [`${KEY}.fallbackToDefaultBranch must be true or false, but is text.`],
    ],
    [
      'broken filters, each of them',
      {
        workspace: 'acme',
        filters: {
          projectKey: '(',
          repoSlug: '',
          exclude: { projectKey: 'a)|(?:b', repoSlug: 7 },
          visibility: 'Public',
          forks: [],
          query: ' ',
        },
      },
      [
        `${KEY}.filters.projectKey is not a regular expression: Invalid regular expression: /(/: Unterminated group.`,
        `${KEY}.filters.repoSlug ${BLANK}`,
        `${KEY}.filters.exclude.projectKey is not a regular expression: Invalid regular expression: /a)|(?:b/: Unmatched ')'.`,
        `${KEY}.filters.exclude.repoSlug must be text, but is a number. Put quotes around it.`,
        `${KEY}.filters.visibility must be public or private, but is 'Public'. Remove the key for both.`,
        `${KEY}.filters.forks must be true or false, but is a list.`,
        `${KEY}.filters.query ${BLANK}`,
      ],
    ],
    [
      'filters and schedules that are no maps',
      { workspace: 'acme', filters: 'x', schedule: 30 },
      [
        `${KEY}.schedule must be a map, with keys such as frequency and timeout.`,
        `${KEY}.filters must be a map, with keys such as projectKey and repoSlug.`,
      ],
    ],
    [
      'exclusions that are no map',
      { workspace: 'acme', filters: { exclude: ['x'] } },
      [
        `${KEY}.filters.exclude must be a map with the keys projectKey and repoSlug.`,
      ],
    ],
    [
      'a broken schedule, each key of it',
      {
        workspace: 'acme',
        schedule: {
          frequency: 30,
          timeout: '5 parsecs',
          initialDelay: { minute: 1 },
          scope: 'galactic',
        },
      },
      [
        `${KEY}.schedule.frequency cannot be read. Write for example '2 minutes', { minutes: 2 } or { cron: '0 * * * *' }. (Failed to read duration from config, TypeError: Invalid type in config for key 'frequency' in 'schedule', got number, wanted object)`,
        `${KEY}.schedule.timeout cannot be read. Write for example '10 minutes' or { minutes: 10 }. (Invalid duration '5 parsecs' in config at 'timeout', Error: Not a valid duration string, try a number followed by a unit such as '1d' or '2 seconds')`,
        `${KEY}.schedule.initialDelay cannot be read. Write for example '15 seconds' or { seconds: 15 }. (Failed to read duration from config at 'initialDelay', Error: Needs one or more of 'years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds')`,
        `${KEY}.schedule.scope cannot be read. Write for example global or local. (Only "global" or "local" are allowed for TaskScheduleDefinition.scope, but got: galactic)`,
      ],
    ],
    [
      'an interval between full walks of another type',
      { workspace: 'acme', fullWalk: 60 },
      [
        `${KEY}.fullWalk must be a duration, but is a number. Write for example '1 hour' or { hours: 1 }.`,
      ],
    ],
    [
      'a page over the limit',
      { workspace: 'acme', pagelen: '101' },
      [
        `${KEY}.pagelen must be at most 100, which is Bitbucket's limit, but is 101.`,
      ],
    ],
    ...[0, -1, 1.5, 'ten', ''].map((pagelen): [string, Section, string[]] => [
      `the page length '${pagelen}'`,
      { workspace: 'acme', pagelen },
      [
        `${KEY}.pagelen must be a whole number from 1 to 100, but is '${pagelen}'.`,
      ],
    ]),
    [
      'a percentage over 100',
      { workspace: 'acme', removals: { maxPercentage: 101 } },
      [
        `${KEY}.removals.maxPercentage must be at most 100, which allows the removal of all, but is 101.`,
      ],
    ],
    [
      'removals that are no map',
      { workspace: 'acme', removals: 50 },
      [`${KEY}.removals must be a map with the key maxPercentage.`],
    ],
    [
      'a page length of another type',
      { workspace: 'acme', pagelen: true },
      [
        `${KEY}.pagelen must be a whole number from 1 to 100, but is true or false.`,
      ],
    ],
    [
      'problems of several providers',
      {
        one: { workspace: '' },
        two: { workspace: 'acme' },
        three: { catalogPath: '/' },
        four: 'acme',
        'my five': { workspace: 'acme' },
      },
      [
        `${KEY}.one.workspace ${BLANK}`,
        `${KEY}.three.workspace ${MISSING}`,
        `${KEY}.three.catalogPath must name a file, but '/' names a folder. Write for example '/catalog-info.yaml'.`,
        `${KEY}.four must be a map with the key workspace, but is text.`,
        `${KEY}.my five has an id that Backstage does not accept. Use letters, digits and single "-", "_" or ":" between them, and begin with a letter.`,
      ],
    ],
  ])('refuses %s', (_, section, problems) => {
    expect(problemsOf(section)).toEqual(problems);
  });

  it.each([
    ['text', 'acme', 'text'],
    ['a list', [{ workspace: 'acme' }], 'a list'],
  ])('refuses %s for the section', (_, section, type) => {
    expect(problemsOf(section)).toEqual([
      `${KEY} must be a map, but is ${type}. Write workspace: <slug> below it, or a map of providers by id.`,
    ]);
  });
});
