const config = require('./jest.config');

// Read by testing/databases.ts.
process.env.TEST_DATABASE = 'PostgreSQL';

/**
 * `npm run test:rest`: what takes long (`*.full.test.ts`), and, in PostgreSQL, what
 * `npm test` runs in SQLite (`*.databases.test.ts`).
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...config,
  testMatch: ['**/*.full.test.ts', '**/*.databases.test.ts'],
};
