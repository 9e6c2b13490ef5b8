import { Headers } from 'node-fetch';
import { HttpRequest, HttpResponse, withConcurrency } from './transport';

describe('withConcurrency', () => {
  const request: HttpRequest = {
    method: 'GET',
    url: 'https://api.bitbucket.org/2.0/x',
  };
  const settled = () => new Promise(resolve => setImmediate(resolve));

  /** A `Send` whose responses arrive when the test says so. */
  function setUp(concurrency: number) {
    const pending: (() => void)[] = [];
    const send = withConcurrency(
      () =>
        new Promise<HttpResponse>(resolve => {
          pending.push(() =>
            resolve({
              status: 200,
              headers: new Headers(),
              body: Buffer.alloc(0),
            }),
          );
        }),
      concurrency,
    );
    return { send, pending };
  }

  it('lets no more requests go than allowed', async () => {
    const { send, pending } = setUp(2);
    const all = [send(request), send(request), send(request)];
    await settled();
    expect(pending).toHaveLength(2);

    pending[0]();
    await settled();
    expect(pending).toHaveLength(3);

    pending.forEach(answer => answer());
    await Promise.all(all);
  });

  it('lets a request leave the queue at once', async () => {
    const { send, pending } = setUp(1);
    const first = send(request);
    const controller = new AbortController();
    const { signal } = controller;
    const second = send({ ...request, signal });
    controller.abort();
    await expect(second).rejects.toBe(signal.reason);

    pending[0]();
    await first;
    await settled();
    expect(pending).toHaveLength(1);
  });
});
