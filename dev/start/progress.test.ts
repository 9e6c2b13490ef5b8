import { PassThrough } from 'node:stream';
import { CatalogState } from './catalogView';
import { watchCatalogFill } from './progress';
import { Screen } from './screen';

/** Plays a catalog whose state at a second is the last one given up to then. */
function watch(statesBySecond: Record<number, Partial<CatalogState>>) {
  let time = 0;
  const output = new PassThrough();
  const filled = watchCatalogFill({
    place: 'workspace',
    look: async () => {
      const past = Object.keys(statesBySecond).filter(at => +at * 1000 <= time);
      const state = statesBySecond[Number(past.at(-1))];
      return { counts: new Map(), walked: false, ...state };
    },
    screen: new Screen(output),
    sleep: async ms => {
      time += ms;
    },
    now: () => time,
  });
  return { filled, shown: () => `${output.read()}`.trimEnd().split('\n') };
}

const components = (count: number) => new Map([['Component', count]]);

describe('watchCatalogFill', () => {
  it('ends once a walk has ended and the catalog stands still', async () => {
    const { filled, shown } = watch({
      0: {},
      2: { walked: true },
      3: { walked: true, counts: components(4) },
      6: { walked: true, counts: components(9) },
    });
    expect(await filled).toMatchObject({ counts: components(9), seconds: 6 });
    expect(shown()).toEqual([
      'Walking the workspace …',
      'Filling the catalog … 0 entities',
      'Filling the catalog … 4 entities',
      'Filling the catalog … 9 entities',
    ]);
  });

  it('waits for a long walk', async () => {
    const { filled } = watch({ 0: {}, 60: { walked: true } });
    expect(await filled).toMatchObject({ counts: new Map(), seconds: 60 });
  });

  it('ends with a walk that fails', async () => {
    const { filled } = watch({
      0: {},
      1: { walked: true, walkError: 'no such workspace' },
    });
    expect(await filled).toMatchObject({ walkError: 'no such workspace' });
  });
});
