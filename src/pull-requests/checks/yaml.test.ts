import { LIMITS } from './limits';
import { parseYaml, TooComplexError } from './yaml';

const KIB = 1024;

/** Texts for which the parser takes much longer than their size suggests. */
const HOSTILE: [what: string, text: string][] = [
  ['nested lists', '['.repeat(200 * KIB)],
  ['nested maps', '{a: '.repeat(50 * KIB)],
  ['explicit keys', '? '.repeat(8 * KIB)],
  ['lists in a line', '- '.repeat(100 * KIB)],
  ['maps in a line', 'a: '.repeat(60 * KIB)],
  ['a map of many keys', `{${'a,'.repeat(100 * KIB)}}`],
  ['stray brackets', ']'.repeat(200 * KIB)],
  ['tags without values', '! '.repeat(100 * KIB)],
  ['anchors without values', '&a '.repeat(60 * KIB)],
  ['aliases', `a: &a 1\nb: [${'*a,'.repeat(60 * KIB)}]`],
  ['documents', '---\n'.repeat(250 * KIB)],
  ['directives', '%\n'.repeat(100 * KIB)],
  ['lines', 'a: 1\n'.repeat(200 * KIB)],
];

describe('parseYaml', () => {
  it.each(HOSTILE)('refuses %s within seconds', (_, text) => {
    const begin = Date.now();
    expect(() => parseYaml(text)).toThrow(TooComplexError);
    expect(Date.now() - begin).toBeLessThan(5_000);
  });

  it('parses as many documents as a file may have', () => {
    const text = 'a: 1\n---\n'.repeat(LIMITS.documents - 1);
    expect(parseYaml(text).documents).toHaveLength(LIMITS.documents);
    expect(() => parseYaml(`${text}${text}`)).toThrow(
      `it has more than ${LIMITS.documents} YAML documents`,
    );
  });

  it('gives the lines of values, also after a byte order mark and with Windows line ends', () => {
    const { documents, lines } = parseYaml(
      '\ufeffa: 1\r\nb: 2\r\n---\r\nc: 3\r\n',
    );
    expect(documents.map(one => one.toJSON())).toEqual([
      { a: 1, b: 2 },
      { c: 3 },
    ]);
    const [, second] = documents;
    expect(lines.linePos(second.contents!.range![0]).line).toBe(4);
  });
});
