/*
 * The catalog of a test of the whole does its work at moments of its own, and on
 * a busy machine at any. Such a test is tried once more; what failed at first is
 * shown all the same. Tests of single parts have no second try.
 */
if (expect.getState().testPath?.includes('/src/__tests__/')) {
  jest.retryTimes(1, { logErrorsBeforeRetry: true });
}
