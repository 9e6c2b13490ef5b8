import { componentFile } from '../../testing/entities';
import { RunsWorld } from '../../testing/workspace/startRuns';
import { hashOf } from '../lib/text';
import {
  ForbiddenError,
  NotFoundError,
  RateLimitedError,
  UnavailableError,
  UnexpectedResponseError,
} from '../scm/errors';
import { isOwnComment, mayHaveCreated, nextCommentStep } from './ownComment';
import { StoredComment } from './PullRequestStore';

const MINUTE_MS = 60_000;
const INVALID = { 'catalog-info.yaml': componentFile('not a name') };
const VALID = { 'catalog-info.yaml': componentFile('shop', 'deprecated') };

describe('nextCommentStep', () => {
  const wanted = { hash: 'new', mayBeNew: true };
  const correction = { hash: 'new', mayBeNew: false };
  const NOW = 1_000;

  it.each<[string, Partial<StoredComment>, typeof wanted, string]>([
    ['creates the first comment', {}, wanted, 'create'],
    ['has nothing to correct without a comment', {}, correction, 'none'],
    ['updates another text', { id: '1', hash: 'old' }, wanted, 'update'],
    ['corrects another text', { id: '1', hash: 'old' }, correction, 'update'],
    ['leaves the same text', { id: '1', hash: 'new' }, wanted, 'unchanged'],
    ['searches after a failure', { pendingUntil: NOW }, wanted, 'find'],
    [
      'searches for what is to be corrected after a failure',
      { pendingUntil: NOW - 1 },
      correction,
      'find',
    ],
    ['waits for another run', { pendingUntil: NOW + 1 }, wanted, 'wait'],
    [
      'keeps to the decision of a person who deleted it',
      { id: '1', hash: 'old', isDeleted: true },
      wanted,
      'deleted',
    ],
  ])('%s', (_, stored, asked, step) => {
    const whole = { isDeleted: false, ...stored };
    expect(nextCommentStep(whole, asked, NOW)).toBe(step);
  });
});

describe('mayHaveCreated', () => {
  const details = { method: 'POST', url: 'https://api.example.com/' };
  const retryAt = new Date(0);

  it.each<[string, unknown, boolean]>([
    ['a lost connection', new UnavailableError('lost', details), true],
    [
      'an error of the server',
      new UnavailableError('failed', { ...details, status: 502 }),
      true,
    ],
    [
      'a response without an id',
      new UnexpectedResponseError('odd', { ...details, status: 201 }),
      true,
    ],
    ['a request that was given up', new Error('aborted'), true],
    [
      'a missing scope',
      new ForbiddenError('no', { ...details, status: 403 }),
      false,
    ],
    [
      'a missing pull request',
      new NotFoundError('no', { ...details, status: 404, missing: 'unknown' }),
      false,
    ],
    [
      'an exceeded limit',
      new RateLimitedError('later', { ...details, status: 429, retryAt }),
      false,
    ],
  ])('knows what follows from %s', (_, error, may) => {
    expect(mayHaveCreated(error)).toBe(may);
  });
});

describe('isOwnComment', () => {
  const pageId = 'c0ffee'.padEnd(40, '0');
  const text = `**Backstage catalog: 1 error** in abc1234.\n\n[Full log](https://b.example.com/runs/${pageId})`;

  it.each<[string, string, boolean]>([
    ['the same text', 'As it was sent', true],
    ['the same text with a line break at its end', 'As it was sent\n', true],
    ['another text with a link to the page', text, true],
    ['a quotation of it', `> ${text}`, false],
    ['a comment of another instance', text.replace(pageId, 'other'), false],
    ['a link to the page alone', `https://b.example.com/${pageId}`, false],
    ['nothing', '', false],
  ])('recognises a comment by its text: %s', (_, written, isOwn) => {
    const sent = { hash: hashOf('As it was sent'), pageId };
    expect(isOwnComment({ id: '1', text: written }, sent)).toBe(isOwn);
  });
});

describe('the comment of a pull request', () => {
  let world: RunsWorld;

  beforeEach(async () => {
    world = await RunsWorld.start({ pullRequests: { comment: true } });
    world.account.scopes!.push('write:pullrequest:bitbucket');
  });
  afterEach(() => world.stop());

  /** Bitbucket creates the comment, and its response does not arrive. */
  function loseResponse(): void {
    world.simulator.faults.add({
      endpoint: 'comments',
      method: 'POST',
      kind: 'dropSocket',
      when: 'inBody',
      times: 1,
    });
  }

  it('is created once although the response was lost, and edited from then on', async () => {
    loseResponse();
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
    const [comment] = pullRequest.comments;
    expect(comment.raw).toContain('not a name');
    for (const raw of ['Why is that?', `> ${comment.raw}`]) {
      world.acme.pullRequests.comment(pullRequest, { raw });
    }

    world.timing.advance(MINUTE_MS);
    world.requests();
    await world.round();
    expect(world.requests()).toEqual(['GET pullrequest', 'GET comments']);
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
    expect(pullRequest.comments).toHaveLength(3);

    world.push(VALID);
    await world.deliver(world.eventOf(pullRequest));
    expect(pullRequest.comments).toHaveLength(3);
    expect(comment.raw).toContain('fixed');
  });

  it('is corrected by the next commit although its id was lost', async () => {
    loseResponse();
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    world.push(VALID);
    await world.deliver(world.eventOf(pullRequest));
    expect(pullRequest.comments.map(({ raw }) => raw)).toEqual([
      expect.stringContaining('fixed'),
    ]);
  });

  it('is not created as a correction where the request was lost, and not searched again', async () => {
    world.simulator.faults.add({
      endpoint: 'comments',
      method: 'POST',
      kind: 'dropSocket',
      when: 'beforeHeaders',
      times: 1,
    });
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    world.push(VALID);
    await world.deliver(world.eventOf(pullRequest));
    expect(world.requests()).toContain('GET comments');
    world.push({ 'catalog-info.yaml': componentFile('shop', 'old') });
    await world.deliver(world.eventOf(pullRequest));
    expect(world.requests()).not.toContain('GET comments');
    expect(pullRequest.comments).toHaveLength(0);
  });

  it('is found after a crash before its id was stored', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    world.simulator.faults.add({
      endpoint: 'comments',
      method: 'POST',
      kind: 'json',
      change: body => {
        world.runs.stop();
        return body;
      },
    });
    await world.deliver(world.eventOf(pullRequest));
    world.simulator.faults.clear();
    expect(pullRequest.comments).toHaveLength(1);

    const other = await world.replica();
    world.timing.advance(3 * MINUTE_MS);
    world.requests();
    await world.round(other);
    expect(world.requests()).toEqual(['GET pullrequest', 'GET comments']);
    expect(pullRequest.comments).toHaveLength(1);
    expect(await world.outcomes(pullRequest)).toEqual(['failed']);
  });

  it('is created without a search where the first attempt was refused', async () => {
    world.account.scopes!.pop();
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    expect(await world.outcomes(pullRequest)).toEqual(['waiting']);
    world.account.scopes!.push('write:pullrequest:bitbucket');
    world.timing.advance(30 * MINUTE_MS);
    world.requests();
    await world.round();
    expect(world.requests()).toEqual(['GET pullrequest', 'POST comments']);
    expect(pullRequest.comments).toHaveLength(1);
  });

  it('is created by one of two runs that want to create it at once', async () => {
    const pullRequest = world.openPullRequest(INVALID);
    const other = await world.replica();
    let newer: Promise<void> | undefined;
    world.simulator.faults.add({
      endpoint: 'comments',
      method: 'POST',
      times: 1,
      kind: 'meanwhile',
      happens: () => {
        world.push({ 'catalog-info.yaml': componentFile('another one') });
        newer = world.deliver(world.eventOf(pullRequest), other);
      },
    });
    await world.deliver(world.eventOf(pullRequest));
    await newer;
    for (let rounds = 0; rounds < 3; rounds += 1) {
      world.timing.advance(3 * MINUTE_MS);
      await world.round(other);
    }
    expect(pullRequest.comments).toHaveLength(1);
    expect(pullRequest.comments[0].raw).toContain('another one');
  });

  it('is not created again once a person has deleted it after it was found', async () => {
    loseResponse();
    const pullRequest = world.openPullRequest(INVALID);
    await world.deliver(world.eventOf(pullRequest));
    world.timing.advance(MINUTE_MS);
    await world.round();
    const [comment] = pullRequest.comments;
    world.acme.pullRequests.deleteComment(pullRequest, comment);
    for (const name of ['one more', 'yet another']) {
      world.push({ 'catalog-info.yaml': componentFile(name) });
      await world.deliver(world.eventOf(pullRequest));
    }
    expect(pullRequest.comments).toEqual([comment]);
  });
});
