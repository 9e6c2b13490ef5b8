import { scaleToHour } from './scaleToHour';

const NOTHING = {
  listing: 0,
  updates: 0,
  head: 0,
  repository: 0,
  file: 0,
  search: 0,
};

const MEASURED = {
  windowSeconds: 60,
  intervals: { walk: 12, processing: 20 },
  defaults: { walk: 120, processing: 100 },
  scarce: { what: 'full listing', requests: 15, perHour: 1 },
};

describe('scaleToHour', () => {
  it('scales walks and re-reads each by their own intervals', () => {
    const counts = { ...NOTHING, updates: 5, file: 30 };
    expect(scaleToHour({ ...MEASURED, counts })).toEqual({
      requests: 30 + 360 + 15,
      arithmetic: [
        '5 requests of walks in 60 s, with intervals of 12 s instead of 120 s: 5 × 3600/60 × 12/120 = 30',
        '30 files read in 60 s, with intervals of 20 s instead of 100 s: 30 × 3600/60 × 20/100 = 360',
        'full listing of 15 requests (counted in the first fill), 1 times an hour = 15',
      ],
    });
  });

  it('counts a full listing that fell into the time once', () => {
    const counts = { ...NOTHING, listing: 10 };
    expect(scaleToHour({ ...MEASURED, counts }).requests).toBe(60);
  });
});
