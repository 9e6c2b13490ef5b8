import fc from 'fast-check';
import {
  clockTime,
  code,
  duration,
  escapeHtml,
  Html,
  html,
  link,
  moment,
} from './html';

describe('escapeHtml', () => {
  it.each([
    ['<b>', '&lt;b&gt;'],
    ['a & b', 'a &amp; b'],
    ['&amp;', '&amp;amp;'],
    ['"quoted"', '&quot;quoted&quot;'],
    ["it's", 'it&#39;s'],
    ['</script>', '&lt;/script&gt;'],
    ['two\r\nlines\tand', 'two lines and'],
    ['\u0000', '[U+0000]'],
    ['\u001b[31m', '[U+001B][31m'],
    ['ab\u202egnp.exe', 'ab[U+202E]gnp.exe'],
    ['\u2066x\u2069', '[U+2066]x[U+2069]'],
    ['a\u200bb\ufeff', 'a[U+200B]b[U+FEFF]'],
    ['\u2028', '[U+2028]'],
    ['\ud83d', '[U+D83D]'],
    ['😀 פיתוח 日本', '😀 פיתוח 日本'],
    ['👩\u200d👧', '👩\u200d👧'],
  ])('makes text of %j', (text, escaped) => {
    expect(escapeHtml(text)).toBe(escaped);
  });

  it('leaves nothing that ends a text or an attribute, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'\p{Cc}\p{Cs}]/u);
        expect(escaped.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain(
          '&',
        );
      }),
    );
  });
});

describe('html', () => {
  it('escapes what it is given, but for what is HTML', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(`${html`<p title="${'"'}">${inner}${['&', inner]}</p>`}`).toBe(
      '<p title="&quot;"><b>&lt;i&gt;</b>&amp;<b>&lt;i&gt;</b></p>',
    );
  });

  it('shows zero, and nothing for what is not there', () => {
    expect(`${html`${0}${undefined}${false}${''}`}`).toBe('0');
  });

  it('does not take an object that looks like HTML', () => {
    const forged = { text: '<b>', toString: () => '<b>' } as unknown as Html;
    expect(`${html`${forged}`}`).toBe('&lt;b&gt;');
  });
});

describe('link', () => {
  it('links to the web', () => {
    expect(`${link('https://bitbucket.org/a?x="', '<x>')}`).toBe(
      '<a href="https://bitbucket.org/a?x=%22" rel="noreferrer">&lt;x&gt;</a>',
    );
  });

  it.each([
    ['javascript', 'alert(1)'].join(':'),
    'data:text/html,x',
    '/path',
    '',
  ])('is text where the URL is %p', url => {
    expect(`${link(url, 'back')}`).toBe('back');
  });
});

describe('code', () => {
  it('isolates its direction, and shortens what is too long', () => {
    expect(`${code('main')}`).toBe('<bdi class="code">main</bdi>');
    expect(`${code('x'.repeat(9_999))}`.length).toBeLessThan(600);
  });
});

describe('times', () => {
  const at = Date.UTC(2026, 10, 6, 7, 5, 3, 120);

  it('are readable for people and for programs', () => {
    expect(`${moment(at)}`.replace(/\s+/g, ' ')).toBe(
      '<time datetime="2026-11-06T07:05:03.120Z" >6 Nov 2026, 07:05:03 UTC</time >',
    );
    expect(`${clockTime(at)}`).toContain('>07:05:03.120<');
  });

  it.each([
    [-5, '0 ms'],
    [40.4, '40 ms'],
    [999.6, '1.0 s'],
    [1_400, '1.4 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('of %p milliseconds take %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
