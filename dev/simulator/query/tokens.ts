import { QuerySyntaxError } from './QuerySyntaxError';

export type Token =
  | { kind: 'string'; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'date'; value: number }
  | { kind: 'operator'; value: string }
  | { kind: 'punctuation'; value: string }
  | { kind: 'word'; value: string };

const TOKEN =
  /\s*(?:(?<string>"(?:[^"\\]|\\.)*")|(?<date>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)|(?<number>-?\d+(?:\.\d+)?)|(?<operator>!=|!~|>=|<=|=|~|>|<)|(?<punctuation>[(),])|(?<word>[A-Za-z_][\w.]*))\s*/y;

/** @throws QuerySyntaxError at the first character that starts no token */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (!groups) {
      throw new QuerySyntaxError(
        `unexpected "${text.slice(start, start + 20)}"`,
      );
    }
    tokens.push(toToken(groups));
  }
  return tokens;
}

function toToken(groups: Record<string, string | undefined>): Token {
  const { string, date, number, operator, punctuation, word } = groups;
  if (string !== undefined) {
    return {
      kind: 'string',
      value: string.slice(1, -1).replace(/\\(.)/g, '$1'),
    };
  }
  if (date !== undefined) {
    const value = Date.parse(date);
    if (Number.isNaN(value)) {
      throw new QuerySyntaxError(`${date} is not a date`);
    }
    return { kind: 'date', value };
  }
  if (number !== undefined) {
    return { kind: 'number', value: Number(number) };
  }
  if (operator !== undefined) {
    return { kind: 'operator', value: operator };
  }
  return punctuation === undefined
    ? { kind: 'word', value: word ?? '' }
    : { kind: 'punctuation', value: punctuation };
}
