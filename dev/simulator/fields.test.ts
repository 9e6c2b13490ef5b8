import { selectFields } from './fields';

const body = {
  next: 'https://next',
  values: [
    {
      slug: 'shop',
      links: { self: { href: 'https://self' }, html: { href: 'https://html' } },
      mainbranch: { name: 'main', target: { hash: 'abc', date: 'today' } },
    },
    { slug: 'empty', links: {}, mainbranch: null },
  ],
};
const hidden = ['values.mainbranch.target'];

describe('selectFields', () => {
  it('leaves out what is hidden unless it is asked for', () => {
    expect(selectFields(body, undefined, hidden)).toEqual({
      ...body,
      values: [
        { ...body.values[0], mainbranch: { name: 'main' } },
        body.values[1],
      ],
    });
    expect(selectFields(body, undefined)).toEqual(body);
  });

  it.each([
    ['next', { next: 'https://next' }],
    [
      'values.slug,values.links.html.href',
      {
        values: [
          { slug: 'shop', links: { html: { href: 'https://html' } } },
          { slug: 'empty' },
        ],
      },
    ],
    [
      'values.mainbranch',
      { values: [{ mainbranch: { name: 'main' } }, { mainbranch: null }] },
    ],
    [
      'values.mainbranch.target.hash',
      {
        values: [
          { mainbranch: { target: { hash: 'abc' } } },
          { mainbranch: null },
        ],
      },
    ],
    [
      '-next,-values.links,+values.mainbranch.target.hash',
      {
        values: [
          {
            slug: 'shop',
            mainbranch: { name: 'main', target: { hash: 'abc' } },
          },
          { slug: 'empty', mainbranch: null },
        ],
      },
    ],
    [
      '-next,-values.mainbranch,-values.*.self,-values.slug,+values.links.self.href',
      {
        values: [
          {
            links: {
              self: { href: 'https://self' },
              html: { href: 'https://html' },
            },
          },
          { links: {} },
        ],
      },
    ],
    [
      '*.*.name',
      { values: [{ mainbranch: { name: 'main' } }, { mainbranch: null }] },
    ],
  ])('%s', (fields, expected) => {
    expect(selectFields(body, fields, hidden)).toEqual(expected);
  });
});
