import { SoonOnce } from './SoonOnce';

describe('SoonOnce', () => {
  let done: string[];
  let soon: SoonOnce;

  beforeEach(() => {
    jest.useFakeTimers();
    done = [];
    soon = new SoonOnce(async key => {
      done.push(key);
    });
  });
  afterEach(() => jest.useRealTimers());

  it('does once what it is told of many times', async () => {
    for (let count = 0; count < 100; count += 1) {
      soon.add('a');
    }
    expect(done).toEqual([]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(done).toEqual(['a']);
  });

  it('waits for an end of the news, but not for ever', async () => {
    for (let time = 0; time < 2_000; time += 100) {
      soon.add('a');
      await jest.advanceTimersByTimeAsync(100);
    }
    await jest.advanceTimersByTimeAsync(10_000);
    expect(done).toEqual(['a', 'a']);
  });

  it('begins in order of arrival', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `${index}`);
    keys.forEach(key => soon.add(key));
    await jest.advanceTimersByTimeAsync(10_000);
    expect(done).toEqual(keys);
  });

  it('does it again for what is told meanwhile', async () => {
    let end = () => {};
    soon = new SoonOnce(async key => {
      done.push(key);
      await new Promise<void>(resolve => {
        end = resolve;
      });
    });
    soon.add('a');
    await jest.advanceTimersByTimeAsync(1_000);
    soon.add('a');
    end();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(done).toEqual(['a', 'a']);
  });

  it('forgets what waits when it is over, and takes no more', async () => {
    soon.add('a');
    soon.stop();
    soon.add('b');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(done).toEqual([]);
  });
});
