import { PullRequestFile } from '../scm/pullRequests';
import { relevantFiles, toCatalogFiles } from './relevantFiles';

const urlOf = (path: string) =>
  `https://bitbucket.org/acme/shop/src/main/${path}`;
const keyOf = (path: string) => `url:${urlOf(path)}`;

/** Reads what a provider wants, a glob that is registered, a file, and a text of an API. */
const catalog = toCatalogFiles({
  isWanted: path => ['catalog-info.yaml', 'apis.yaml'].includes(path),
  urlOf: path => (path.includes('too-long') ? undefined : urlOf(path)),
  pathOf: url =>
    url.startsWith(urlOf('')) ? url.slice(urlOf('').length) : undefined,
  registered: [
    {
      url: urlOf('services/*/info.yaml'),
      path: 'services/*/info.yaml',
      isGlob: true,
      readers: [],
    },
    {
      url: `${urlOf('extra.yaml')}?at=main`,
      path: 'extra.yaml',
      isGlob: false,
      readers: [
        {
          key: '',
          entityRef: 'location:default/generated-1',
          locationKey: null,
        },
      ],
    },
    ...['parts.yaml', 'parts/*.yaml'].map(path => ({
      url: urlOf(path),
      path,
      isGlob: path.includes('*'),
      readers: [
        {
          key: keyOf(path),
          entityRef: 'location:default/parts',
          locationKey: keyOf('locations.yaml'),
        },
      ],
    })),
    {
      url: urlOf('openapi.yaml'),
      path: 'openapi.yaml',
      isGlob: false,
      readers: [
        {
          key: keyOf('openapi.yaml'),
          entityRef: 'api:default/orders',
          locationKey: keyOf('apis.yaml'),
        },
        {
          key: keyOf('openapi.yaml'),
          entityRef: 'api:default/elsewhere',
          locationKey:
            'url:https://bitbucket.org/acme/other/src/main/apis.yaml',
        },
      ],
    },
  ],
});

describe('relevantFiles', () => {
  it.each<[string, PullRequestFile[], object[]]>([
    [
      'nothing of a file that the catalog does not read',
      [{ newPath: 'README.md' }],
      [],
    ],
    [
      'a file that a provider will find',
      [{ newPath: 'catalog-info.yaml' }],
      [
        {
          path: 'catalog-info.yaml',
          location: urlOf('catalog-info.yaml'),
          isTouched: true,
        },
      ],
    ],
    [
      'a file that changes, under both of its paths',
      [{ oldPath: 'catalog-info.yaml', newPath: 'catalog-info.yaml' }],
      [
        {
          path: 'catalog-info.yaml',
          oldPath: 'catalog-info.yaml',
          location: urlOf('catalog-info.yaml'),
          isTouched: true,
        },
      ],
    ],
    [
      'a file that is deleted',
      [{ oldPath: 'catalog-info.yaml' }],
      [
        {
          oldPath: 'catalog-info.yaml',
          location: urlOf('catalog-info.yaml'),
          isTouched: true,
        },
      ],
    ],
    [
      'a file that moves to where it is not read, as deleted',
      [{ oldPath: 'catalog-info.yaml', newPath: 'old.yaml' }],
      [
        {
          oldPath: 'catalog-info.yaml',
          location: urlOf('catalog-info.yaml'),
          isTouched: true,
        },
      ],
    ],
    [
      'a file that moves to where it is read, as added',
      [{ oldPath: 'old.yaml', newPath: 'catalog-info.yaml' }],
      [
        {
          path: 'catalog-info.yaml',
          location: urlOf('catalog-info.yaml'),
          isTouched: true,
        },
      ],
    ],
    [
      'a file that a registered glob matches',
      [{ newPath: 'services/pay/info.yaml' }],
      [
        {
          path: 'services/pay/info.yaml',
          location: urlOf('services/pay/info.yaml'),
          isTouched: true,
          isByWildcard: true,
        },
      ],
    ],
    [
      'a registered file, under the URL as it was registered',
      [{ oldPath: 'extra.yaml', newPath: 'extra.yaml' }],
      [
        {
          path: 'extra.yaml',
          oldPath: 'extra.yaml',
          location: `${urlOf('extra.yaml')}?at=main`,
          isTouched: true,
        },
      ],
    ],
    [
      'the catalog file of this repository that reads a text, which is no catalog file itself',
      [{ oldPath: 'openapi.yaml', newPath: 'openapi.yaml' }],
      [
        {
          path: 'apis.yaml',
          oldPath: 'apis.yaml',
          location: urlOf('apis.yaml'),
          isTouched: false,
        },
      ],
    ],
    [
      'a catalog file once where it changes together with the text that it reads',
      [
        { oldPath: 'openapi.yaml', newPath: 'openapi.yaml' },
        { oldPath: 'apis.yaml', newPath: 'apis.yaml' },
      ],
      [
        {
          path: 'apis.yaml',
          oldPath: 'apis.yaml',
          location: urlOf('apis.yaml'),
          isTouched: true,
        },
      ],
    ],
    [
      'a target, and the catalog file with the Location that reads it',
      [{ newPath: 'parts/a.yaml' }, { oldPath: 'parts.yaml' }],
      [
        {
          path: 'locations.yaml',
          oldPath: 'locations.yaml',
          location: urlOf('locations.yaml'),
          isTouched: false,
          isForTargets: true,
        },
        {
          path: 'parts/a.yaml',
          location: urlOf('parts/a.yaml'),
          isTouched: true,
          isByWildcard: true,
        },
        {
          oldPath: 'parts.yaml',
          location: urlOf('parts.yaml'),
          isTouched: true,
        },
      ].sort((one, other) =>
        `${one.path ?? one.oldPath}`.localeCompare(
          `${other.path ?? other.oldPath}`,
        ),
      ),
    ],
    [
      'nothing of a file whose URL the catalog does not accept',
      [{ newPath: 'services/too-long/info.yaml' }],
      [],
    ],
  ])('gives %s', (_, changed, expected) => {
    expect(relevantFiles(changed, catalog)).toEqual(expected);
  });
});

describe('the paths that matter', () => {
  const of = (
    wantedPaths: string[] | undefined,
    ...registered: { path: string; isGlob: boolean }[]
  ) =>
    toCatalogFiles({
      isWanted: () => false,
      wantedPaths,
      urlOf,
      pathOf: () => undefined,
      registered: registered.map(file => ({
        ...file,
        url: urlOf(file.path),
        readers: [],
      })),
    }).paths;

  it('are those that a provider wants and those that are registered, each once', () => {
    const file = (path: string) => ({ path, isGlob: false });
    expect(of(['a.yaml', 'b.yaml'], file('b.yaml'), file('c.yaml'))).toEqual([
      'a.yaml',
      'b.yaml',
      'c.yaml',
    ]);
  });

  it.each([
    ['a provider', of(undefined)],
    ['a registered Location', of([], { path: '*/a.yaml', isGlob: true })],
  ])('are not known where wildcards of %s decide', (_, paths) => {
    expect(paths).toBeUndefined();
  });
});
