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
  // These start several backends each, and a PostgreSQL for each worker.
  maxWorkers: 2,
  testMatch: ['**/*.full.test.ts', '**/*.databases.test.ts'],
};
