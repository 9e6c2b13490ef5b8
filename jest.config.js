// The Backstage test utilities behave differently on a developer's machine and
// in CI (clean-up, Docker); the tests here run the same everywhere, without Docker.
process.env.CI ??= 'true';
process.env.BACKSTAGE_TEST_DISABLE_DOCKER ??= 'true';

// As `dev/sqlite.ts` has it, which Jest does not heed.
const [major] = process.versions.node.split('.').map(Number);
const sqlite = major >= 24 ? { '^better-sqlite3$': 'better-sqlite3-13' } : {};

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
  maxWorkers: 2,
  moduleNameMapper: sqlite,
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
