const { fork } = require('node:child_process');
const { TestEnvironment } = require('jest-environment-node');

let connection;

/** Lets the tests of a worker share a PostgreSQL, which starts when the first of them asks for it. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.connectToPostgres = () => (connection ??= startPostgres());
  }
};

/** @returns how to connect to a server that ends with this process */
function startPostgres() {
  const server = fork(require.resolve('./postgresServer.ts'), {
    execArgv: ['--import', 'tsx'],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    server.once('message', message => {
      // It keeps this process from nothing.
      server.unref();
      server.channel.unref();
      resolve(message);
    });
    server.once('exit', code =>
      reject(
        new Error(
          `PostgreSQL did not start (exit code ${code}); the reason is on the standard error output`,
        ),
      ),
    );
  });
}
