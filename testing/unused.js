/** What Backstage makes of it at its start is empty, so that whoever uses it fails. */
function unused() {}

/**
 * In place of packages that Backstage loads and no test uses; `jest.config.js` lists
 * them. Whatever they export is a function, or a class.
 */
module.exports = new Proxy(
  {},
  {
    get: (_, name) =>
      typeof name === 'symbol' || name === '__esModule' ? undefined : unused,
  },
);
