// The Backstage test utilities behave differently on a developer's machine and
// in CI (clean-up, Docker); the tests here run the same everywhere, without Docker.
process.env.CI ??= 'true';
process.env.BACKSTAGE_TEST_DISABLE_DOCKER ??= 'true';

// As `dev/sqlite.ts` has it, which Jest does not heed.
const [major] = process.versions.node.split('.').map(Number);
const sqlite = major >= 24 ? { '^better-sqlite3$': 'better-sqlite3-13' } : {};

/**
 * What Backstage loads for other hosts, and to look for installed features. Each file
 * that starts a backend would load it again, which takes a third of the time.
 */
const UNUSED = [
  '@aws-sdk/client-codecommit',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-sts',
  '@aws-sdk/credential-providers',
  '@aws-sdk/util-arn-parser',
  '@azure/identity',
  '@azure/storage-blob',
  '@google-cloud/storage',
  '@keyv/redis',
  '@keyv/valkey',
  '@manypkg/get-packages',
  '@octokit/auth-app',
  '@octokit/rest',
  'archiver',
];
const unused = {
  [`^(${UNUSED.join('|')})$`]: '<rootDir>/testing/unused.js',
};

/**
 * `npm test`: everything but `*.full.test.ts`. What `npm run test:rest` runs is in
 * `jest.rest.config.js`.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  testEnvironment: '<rootDir>/testing/environment.js',
  roots: ['src', 'dev', 'bench', 'e2e', 'testing'].map(
    folder => `<rootDir>/${folder}`,
  ),
  testMatch: ['**/!(*.full).test.ts'],
  testTimeout: 180_000,
  testSequencer: '<rootDir>/testing/sequencer.js',
  // More than the two cores, since tests of the whole wait half of the time for the catalog.
  maxWorkers: 3,
  // A worker ends by itself, but takes a while to free what a few backends have left.
  workerGracefulExitTimeout: 10_000,
  moduleNameMapper: { ...sqlite, ...unused },
  transform: {
    '\\.(ts|js|mjs)$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } },
    ],
  },
  // msw stands on these, which are ES modules only.
  transformIgnorePatterns: [
    '/node_modules/(?!(@open-draft|rettime|until-async)/)',
  ],
};
