import { textsIn, UNPRINTABLE, withOneChanged } from './deliveries';
import { openPullRequest } from './openPullRequest';
import { Shop } from './shop';

export function describePullRequestDeliveries(shop: () => Shop): void {
  const read = (headers = shop().world.delivery().headers) =>
    shop().host.deliveries.read(headers, shop().world.delivery().payload);

  it('tells of a pull request as it reads it, even without headers', async () => {
    const { api, world, repository, number } = await openPullRequest(shop());
    const { world: product, host } = shop();
    const expectEvent = async () => {
      const pullRequest = await api.read(repository, number, {});
      for (const headers of [undefined, {}]) {
        expect(read(headers)).toMatchObject({
          events: [
            {
              kind: 'pull-request',
              ...repository,
              workspace: host.workspaceOf(repository.fullName).toLowerCase(),
              pullRequest,
            },
          ],
        });
      }
    };
    await expectEvent();
    await product.push('shop', 'feature/x', { 'b.yaml': 'b' });
    await expectEvent();
    await world.rename('shop', number, 'Other');
    await expectEvent();
    await world.close('shop', number, 'decline');
    await expectEvent();
  });

  it('tells of a pull request that was merged', async () => {
    const { world, number } = await openPullRequest(shop());
    await world.close('shop', number, 'merge');
    expect(read()).toMatchObject({
      events: [{ pullRequest: { number, state: 'merged' } }],
    });
  });

  it('ignores a comment on a pull request, even without headers', async () => {
    const { world, number } = await openPullRequest(shop());
    await world.comment('shop', number, 'Why?');
    expect(read()).toMatchObject({ outcome: 'ignored' });
    expect(read({})).toMatchObject({ outcome: 'ignored' });
  });

  it('makes one line of a title', async () => {
    const { api, repository, number } = await openPullRequest(
      shop(),
      undefined,
      {
        title: `A\nB\u2028C\u001b[2J${'x'.repeat(5_000)}`,
      },
    );
    const event = read();
    const { title } = await api.read(repository, number, {});
    expect(title).toMatch(/^A B C/);
    expect(title.length).toBeLessThanOrEqual(1_000);
    expect(event).toMatchObject({ events: [{ pullRequest: { title } }] });
  });

  it('gives events that can be logged, whatever a part of a pull request is', async () => {
    await openPullRequest(shop());
    const { headers, payload } = shop().world.delivery();
    const odd = [null, 5, 1e308, [], {}, '', 'a\nb', '\u001b[2J', '\u2028'];
    const deliveries = odd.flatMap(other =>
      withOneChanged(payload, other).flatMap(one =>
        [headers, {}].map(sent => shop().host.deliveries.read(sent, one)),
      ),
    );
    expect(textsIn(deliveries).filter(one => UNPRINTABLE.test(one))).toEqual(
      [],
    );
  });
}
