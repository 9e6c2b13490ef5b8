const { default: Sequencer } = require('@jest/test-sequencer');

/** These start backends and take longest, which Jest does not know in a fresh clone. */
const WHOLE = /[/\\](__tests__|dev)[/\\]/;

/** Begins with the tests of the whole, so that no worker is left alone with one at the end. */
module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isWhole = ({ path }) => WHOLE.test(path);
    return [
      ...sorted.filter(isWhole),
      ...sorted.filter(test => !isWhole(test)),
    ];
  }
};
