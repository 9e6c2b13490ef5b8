// The rooms of src/, floor by floor from the ground up. A file imports only from its
// own room and the floors below it. docs/architecture.md says what each room is for.
const floors = [
  ['lib'],
  ['scm'],
  ['config', 'metrics'],
  ['http'],
  ['hosts'],
  ['catalog-tables'],
  ['mirror', 'webhooks'],
  ['changes'],
  ['analyzer', 'ingestion', 'reader', 'registered'],
  ['pull-requests'],
  ['status'],
  ['plugin'],
];

/** A room sees its own files and the floors below. */
const onlyDown = floors.flatMap((floor, level) => {
  const below = floors.slice(0, level).flat();
  return floor.map(room => ({
    target: `./src/${room}`,
    from: './src',
    except: [room, ...below].map(name => `./${name}`),
    message: `src/${room} imports from ${below.join(', ') || 'no room'} only.`,
  }));
});

/** Only the wiring knows which products there are; everything else knows `ScmHost`. */
const behindTheSeam = floors
  .flat()
  .filter(room => room !== 'hosts' && room !== 'plugin')
  .map(room => ({
    target: [`./src/${room}/!(*.test).ts`, `./src/${room}/**/!(*.test).ts`],
    from: './src/hosts',
    message: 'Only src/plugin imports a host; use ScmHost.',
  }));

/** What is shipped knows nothing of what is not; the simulator shares no code with what it tests. */
const apart = [
  ...['dev', 'testing'].map(folder => ({
    target: [
      './src/!(*.test).ts',
      './src/!(__tests__)/!(*.test).ts',
      './src/!(__tests__)/**/!(*.test).ts',
    ],
    from: `./${folder}`,
    message: `src is published without ${folder}.`,
  })),
  {
    target: './dev/simulator',
    from: './src',
    message: 'The simulator shares no code with the client that it tests.',
  },
];

/** Only one room may name the catalog's own tables, which are not its API. */
const CATALOG_TABLES =
  '\\b(refresh_state|refresh_state_references|refresh_keys)\\b';
const LOCATIONS_TABLE = '^locations( as \\w+)?$';
const throughTheGuard = [
  `Literal[value=/${CATALOG_TABLES}/]`,
  `TemplateElement[value.raw=/${CATALOG_TABLES}/]`,
  // `locations` is a word of many uses: a table where it is called upon as one.
  `CallExpression[callee.name=/^(knex|transaction)$/] > Literal[value=/${LOCATIONS_TABLE}/]`,
  `CallExpression[callee.property.name=/^(knex|from|into|join|leftJoin|hasTable|hasColumn)$/] > Literal[value=/${LOCATIONS_TABLE}/]`,
].map(selector => ({
  selector,
  message: "Only src/catalog-tables names the catalog's own tables.",
}));

const expectsSomething = {
  'jest/expect-expect': [
    'error',
    { assertFunctionNames: ['expect*', 'until', '*.has*'] },
  ],
};

module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  settings: {
    'import/resolver': { node: { extensions: ['.ts', '.js', '.json'] } },
  },
  rules: {
    'import/no-restricted-paths': [
      'error',
      {
        basePath: __dirname,
        zones: [...onlyDown, ...behindTheSeam, ...apart],
      },
    ],
    // What matters most may come first in a file, its helpers after it.
    '@typescript-eslint/no-use-before-define': [
      'error',
      { functions: false, classes: false, variables: false },
    ],
  },
  restrictedSrcSyntax: throughTheGuard,
  tsRules: {
    // The compiler knows which switches leave nothing out.
    'default-case': 'off',
    'consistent-return': 'off',
  },
  testRules: expectsSomething,
  overrides: [
    {
      files: ['src/catalog-tables/**'],
      rules: { 'no-restricted-syntax': 'off' },
    },
    {
      // Tests of the whole are not published, nor is what they stand on.
      files: ['src/__tests__/**', 'testing/**'],
      rules: {
        '@backstage/no-undeclared-imports': 'off',
        'no-restricted-syntax': 'off',
      },
    },
    {
      // What tests share stands outside of them, and may expect something too.
      files: ['src/__tests__/**/!(*.test).ts', 'testing/**'],
      env: { jest: true },
      rules: {
        'jest/no-export': 'off',
        'jest/no-standalone-expect': 'off',
      },
    },
    { files: ['src/__tests__/**/*.cases.ts'], rules: expectsSomething },
  ],
});
