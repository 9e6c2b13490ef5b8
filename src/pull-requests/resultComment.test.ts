import { Finding } from './checkResult';
import { escapeMarkdown } from './resultComment';
import { toPosting } from './resultReport';

const link = 'https://backstage.example.com/api/catalog/bitbucket/runs/(ab)';

const finding: Finding = {
  rule: 'reference',
  severity: 'warning',
  rejects: 'nothing',
  path: 'apis/catalog_info.yaml',
  line: 9,
  entityRef: 'component:default/cart',
  message: 'owner group:default/<x> does not exist, @all.',
};

type Input = Parameters<typeof toPosting>[0];

function commentOf(findings: Finding[], input: Partial<Input> = {}) {
  return toPosting({
    result: { files: [], findings, plan: [] },
    config: { buildStatus: 'off', comment: true },
    limits: {
      annotations: 100,
      summary: 450,
      details: 2_000,
      values: 10,
      description: 255,
      comment: 30_000,
    },
    key: 'key',
    statusKey: 'status-key',
    pullRequest: {
      isDraft: false,
      isFork: false,
      source: { branch: 'feature' },
      destination: { branch: 'main' },
    },
    head: '5d6e7f8090a1b2c3d4e5f60718293a4b5c6d7e8f',
    pullRequestUrl: 'https://bitbucket.org/acme/shop/pull-requests/12',
    link,
    durationMs: 1,
    hadFailed: false,
    hasComment: false,
    ...input,
  }).comment;
}

describe('the comment of a pull request', () => {
  it('lists findings with their places, and links to the log', () => {
    expect(commentOf([{ ...finding, severity: 'error' }, finding])).toBe(
      `**Backstage catalog: 1 error and 1 warning** in 5d6e7f8.

1 error and 1 warning in apis/catalog\\_info.yaml. Merging would change no entity.

- **Error** apis/catalog\\_info.yaml:9 — component:default/cart: owner group:default/&#60;x&#62; does not exist, &#64;all.
- **Warning** apis/catalog\\_info.yaml:9 — component:default/cart: owner group:default/&#60;x&#62; does not exist, &#64;all.

[Full log](https://backstage.example.com/api/catalog/bitbucket/runs/%28ab%29)`,
    );
  });

  it('shows ten findings, and says how many more there are', () => {
    const many = Array.from({ length: 13 }, () => finding);
    expect(commentOf(many)?.match(/^- /gm)).toHaveLength(10);
    expect(commentOf(many)).toMatch(/\n\n3 more findings: \[full log\]\(/);
    expect(commentOf(many, { link: undefined })).toMatch(
      /\n\n3 more findings not shown here\.$/,
    );
  });

  it('says that all is fixed, where it said something else before', () => {
    expect(commentOf([], { hasComment: true })).toBe(
      '**Backstage catalog: fixed** in 5d6e7f8.',
    );
  });

  it.each<[string, Finding[], Partial<Input>]>([
    ['there is nothing to say', [], {}],
    ['there are only notes', [{ ...finding, severity: 'note' }], {}],
    [
      'comments are off',
      [finding],
      { config: { buildStatus: 'always', comment: false }, hasComment: true },
    ],
    [
      'the pull request is a draft',
      [finding],
      {
        pullRequest: {
          isDraft: true,
          isFork: false,
          source: { branch: 'feature' },
          destination: { branch: 'main' },
        },
        hasComment: true,
      },
    ],
  ])('is not posted where %s', (_, findings, input) => {
    expect(commentOf(findings, input)).toBeUndefined();
  });
});

describe('escapeMarkdown', () => {
  it.each([
    ['catalog-info.yaml', 'catalog-info.yaml'],
    ['component:default/shop', 'component:default/shop'],
    ['snake_case*', 'snake\\_case\\*'],
    ['[x](y)', '\\[x\\](y)'],
    ['![x][y]', '!\\[x\\]\\[y\\]'],
    ['`code`', '\\`code\\`'],
    ['back\\slash', 'back\\\\slash'],
    ['<b>&amp;', '&#60;b&#62;&#38;amp;'],
    ['@{557058:1} @all', '&#64;\\{557058:1\\} &#64;all'],
    ['#12 ~~x~~ a|b', '\\#12 &#126;&#126;x&#126;&#126; a&#124;b'],
    [':smile: a:b', '&#58;smile: a:b'],
    ['https://evil.example', 'https&#58;//evil.example'],
    ['WWW.evil.example', 'WWW\\.evil.example'],
  ])('makes text of %s', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });
});
