import { KeyedDebouncer } from './KeyedDebouncer';

describe('KeyedDebouncer', () => {
  let done: string[];
  let soon: KeyedDebouncer;

  beforeEach(() => {
    jest.useFakeTimers();
    done = [];
    soon = new KeyedDebouncer(async key => {
      done.push(key);
    });
  });
  afterEach(() => jest.useRealTimers());

  it('does once what is added many times', async () => {
    for (let count = 0; count < 100; count += 1) {
      soon.add('a');
    }
    expect(done).toEqual([]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(done).toEqual(['a']);
  });

  it('waits for the last addition, up to a limit', async () => {
    for (let time = 0; time < 2_000; time += 100) {
      soon.add('a');
      await jest.advanceTimersByTimeAsync(100);
    }
    await jest.advanceTimersByTimeAsync(10_000);
    expect(done).toEqual(['a', 'a']);
  });

  it('does 80 times at most in an hour what is added all the time, and the last news in the end', async () => {
    const start = Date.now();
    let last = 0;
    soon = new KeyedDebouncer(async key => {
      done.push(key);
      last = Date.now();
    });
    let added = start;
    for (let time = 0; time < 3_600_000; time += 500) {
      soon.add('a');
      added = Date.now();
      await jest.advanceTimersByTimeAsync(500);
    }
    expect(done.length).toBeGreaterThan(60);
    expect(done.length).toBeLessThanOrEqual(80);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(last).toBeGreaterThan(added);
    expect(last - added).toBeLessThanOrEqual(60_000);

    // Others do not wait.
    done = [];
    soon.add('b');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(done).toEqual(['b']);
  });

  it('begins in order of arrival', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `${index}`);
    keys.forEach(key => soon.add(key));
    await jest.advanceTimersByTimeAsync(10_000);
    expect(done).toEqual(keys);
  });

  it('does 500 in order of arrival, four at a time, however long each takes', async () => {
    const keys = Array.from({ length: 500 }, (_, index) => `${index}`);
    const begun: string[] = [];
    let running = 0;
    let most = 0;
    soon = new KeyedDebouncer(async key => {
      begun.push(key);
      running += 1;
      most = Math.max(most, running);
      await new Promise(resolve => setTimeout(resolve, (Number(key) % 7) * 50));
      running -= 1;
      done.push(key);
    });
    for (const key of keys) {
      soon.add(key);
      soon.add(key);
      await jest.advanceTimersByTimeAsync(1);
    }
    await jest.advanceTimersByTimeAsync(60_000);
    expect(begun).toEqual(keys);
    expect(done).toHaveLength(500);
    expect(most).toBe(4);
  });

  it('does once what is added again while it waits for its turn', async () => {
    const ends: (() => void)[] = [];
    soon = new KeyedDebouncer(async key => {
      done.push(key);
      await new Promise<void>(resolve => ends.push(resolve));
    });
    ['a', 'b', 'c', 'd', 'e'].forEach(key => soon.add(key));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(done).toEqual(['a', 'b', 'c', 'd']);
    for (let count = 0; count < 10; count += 1) {
      soon.add('e');
      await jest.advanceTimersByTimeAsync(500);
    }
    ends.forEach(end => end());
    await jest.advanceTimersByTimeAsync(1_000);
    ends.forEach(end => end());
    await jest.advanceTimersByTimeAsync(10_000);
    expect(done).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('does it again for what is added meanwhile', async () => {
    let end = () => {};
    soon = new KeyedDebouncer(async key => {
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
