import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { dataCenterUrls } from '../hosts/bitbucket-data-center/urls/dataCenterUrls';
import { HEAD } from '../scm/urls';
import { fromTarget, placeOf } from './EmittedLocation';

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

  it('takes a file of a personal project for the same, whatever the case of its key', () => {
    const urls = dataCenterUrls({
      host: 'git.example.com',
      baseUrl: 'https://git.example.com',
    });
    const fullName = 'git.example.com/~JANE/api';
    const target = urls.file(fullName, HEAD, 'a.yaml');
    expect(target).toContain('/users/jane/');
    expect(fromTarget(urls, target)?.place).toBe(
      placeOf(fullName, HEAD, 'a.yaml'),
    );
  });
});
