import { markdown } from './markdown';

const render = (raw: string) =>
  markdown(raw)
    .text.replace(/\s+>/g, '>')
    .replace(/(<[^>]+>)\s+(?=<)/g, '$1')
    .trim();

describe('markdown', () => {
  it.each([
    ['One\ntwo', '<p>One\ntwo</p>'],
    ['One\n\ntwo', '<p>One</p><p>two</p>'],
    [
      '**Two errors** in `a.yaml`',
      '<p><strong>Two errors</strong> in <code>a.yaml</code></p>',
    ],
    [
      'These:\n- one\n- two\n  and a half',
      '<p>These:</p><ul><li>one</li><li>two and a half</li></ul>',
    ],
    [
      '[Full log](https://a.example/1)',
      '<p><a href="https://a.example/1" target="_blank" rel="noreferrer noopener">Full log</a></p>',
    ],
    ['[x](javascript:void)', '<p>x</p>'],
    ['\\*\\*not bold\\*\\*', '<p>**not bold**</p>'],
    [
      '&#60;b&#62; &#0;&#999999;&#9999999;',
      '<p>&lt;b&gt; �\u{f423f}&amp;#9999999;</p>',
    ],
    ['<b>**<i>**</b>', '<p>&lt;b&gt;<strong>&lt;i&gt;</strong>&lt;/b&gt;</p>'],
    ['', ''],
  ])('renders %j', (raw, expected) => {
    expect(render(raw)).toBe(expected);
  });
});
