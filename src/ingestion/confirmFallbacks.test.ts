import {
  EmittedLocation,
  locationRefOf,
} from '../catalog-tables/EmittedLocation';
import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { hasOtherName, isDoubtfulFallback } from './confirmFallbacks';
import { locate } from './locations';
import { Finding } from './repositoryFiles';

const repository = {
  uuid: '{shop}',
  slug: 'shop',
  fullName: 'acme/shop',
  isPrivate: false,
  isFork: false,
};

const at = (branch: string): Finding => ({
  repository,
  branch,
  files: [{ path: 'a.yaml' }],
});

const location = (
  branch: string,
  { fullName = 'acme/shop', isInCatalog = true } = {},
): EmittedLocation => {
  const located = locate(bitbucketCloudUrls, { fullName }, branch, {
    path: 'a.yaml',
  });
  return {
    ...located,
    entityRef: locationRefOf(located),
    uuid: repository.uuid,
    isInCatalog,
    isRecorded: true,
  };
};

describe('isDoubtfulFallback', () => {
  it.each<
    [string, string | undefined, Finding, readonly EmittedLocation[], boolean]
  >([
    [
      'asks again where the catalog has files of the configured branch',
      'release/1',
      at('main'),
      [location('main'), location('release/1')],
      true,
    ],
    [
      'asks again where the catalog has files of a branch that was configured before',
      'release/2',
      at('main'),
      [location('release/1')],
      true,
    ],
    [
      'asks again where the repository has another name by now',
      'release/1',
      at('main'),
      [location('release/1', { fullName: 'acme/store' })],
      true,
    ],
    [
      'does not ask where the catalog has files of the default branch alone',
      'release/1',
      at('main'),
      [location('main', { fullName: 'acme/store' }), location('main')],
      false,
    ],
    [
      'does not ask where the catalog has nothing',
      'release/1',
      at('main'),
      [location('release/1', { isInCatalog: false })],
      false,
    ],
    [
      'does not ask where the configured branch was read',
      'release/1',
      at('release/1'),
      [location('main')],
      false,
    ],
    [
      'does not ask where no branch is configured',
      undefined,
      at('trunk'),
      [location('main')],
      false,
    ],
    [
      'does not ask where nothing was read',
      'release/1',
      { repository, reason: 'no branch' },
      [location('release/1')],
      false,
    ],
  ])('%s', (_, configured, finding, locations, expected) => {
    expect(
      isDoubtfulFallback(bitbucketCloudUrls, finding, configured, locations),
    ).toBe(expected);
  });
});

describe('hasOtherName', () => {
  it.each<[string, Finding, readonly EmittedLocation[], boolean]>([
    [
      'asks again where the catalog has files under another name',
      at('main'),
      [location('main', { fullName: 'acme/store' })],
      true,
    ],
    [
      'does not ask where one was emitted under the name',
      at('main'),
      [
        location('main', { isInCatalog: false }),
        location('main', { fullName: 'acme/store' }),
      ],
      false,
    ],
    [
      'does not ask where the name differs by its case alone',
      at('main'),
      [location('main', { fullName: 'Acme/Shop' })],
      false,
    ],
    [
      'does not ask where the catalog has nothing under the other name',
      at('main'),
      [location('main', { fullName: 'acme/store', isInCatalog: false })],
      false,
    ],
    [
      'does not ask where nothing was read',
      { repository, reason: 'empty' },
      [location('main', { fullName: 'acme/store' })],
      false,
    ],
  ])('%s', (_, finding, locations, expected) => {
    expect(hasOtherName(finding, locations)).toBe(expected);
  });
});
