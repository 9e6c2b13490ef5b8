import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { fromTarget } from './EmittedLocation';

describe('fromTarget', () => {
  it.each(['main/docs/a.yaml', '0123abc/docs/a.yaml?at=main'])(
    'reads the branch and the path of %s',
    file => {
      const target = `https://bitbucket.org/acme/shop/src/${file}`;
      expect(fromTarget(bitbucketCloudUrls, target)).toEqual({
        target,
        place: 'acme/shop/main/docs/a.yaml',
        fullName: 'acme/shop',
        path: 'docs/a.yaml',
      });
    },
  );
});
