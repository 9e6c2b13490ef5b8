import * as nodeModule from 'node:module';

type Resolve = (specifier: string, context: unknown) => unknown;

/** Since Node.js 22.15; the types are those of Node.js 20. */
const { registerHooks } = nodeModule as {
  registerHooks?: (hooks: {
    resolve(specifier: string, context: unknown, next: Resolve): unknown;
  }) => void;
};

// better-sqlite3 12, which Backstage asks for, aborts the process when it was
// compiled for Node.js 24.19 or later: https://github.com/WiseLibs/better-sqlite3/issues/1515
const [major] = process.versions.node.split('.').map(Number);
if (major >= 24) {
  registerHooks?.({
    resolve: (specifier, context, next) =>
      next(
        specifier === 'better-sqlite3' ? 'better-sqlite3-13' : specifier,
        context,
      ),
  });
}
