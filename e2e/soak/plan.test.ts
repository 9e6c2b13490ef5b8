import { Plan } from './plan';
import { truthOf } from './truth';
import { CloudWorld } from './CloudWorld';

const STEPS = 300;

describe('Plan', () => {
  async function play(seed: number) {
    const world = await CloudWorld.start({ repositories: 30 });
    const plan = new Plan(seed, world);
    const steps = Array.from({ length: STEPS }, (_, index) => {
      if (index % 30 === 0) {
        world.rest();
      }
      return plan.next();
    });
    await world.stop();
    return { steps, truth: truthOf(world) };
  }

  it('does the same again with the same seed', async () => {
    const [one, same, other] = [await play(7), await play(7), await play(8)];
    expect(same).toEqual(one);
    expect(other.steps).not.toEqual(one.steps);
  });

  it('does everything in the course of time', async () => {
    const { steps } = await play(7);
    const kinds = new Set(steps.map(({ kind }) => kind));
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        'push to a catalog file',
        'rename',
        'deletion',
        'access lost',
        'fault',
        'restart',
      ]),
    );
  });
});
