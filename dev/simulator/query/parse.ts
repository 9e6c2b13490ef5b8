import { Field, Fields, FieldValue } from './fields';
import { QuerySyntaxError } from './QuerySyntaxError';
import { Token, tokenize } from './tokens';

export type Predicate<T> = (item: T) => boolean;

type Literal = { type: Field<never>['type'] | 'null'; value: FieldValue };

/**
 * Bitbucket's query language: comparisons of a field with a literal, joined by
 * AND and OR (AND binds closer) and grouped by parentheses.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 * @throws QuerySyntaxError
 */
export function parseQuery<T>(text: string, fields: Fields<T>): Predicate<T> {
  return new Parser(tokenize(text), fields).parse();
}

class Parser<T> {
  private position = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly fields: Fields<T>,
  ) {}

  parse(): Predicate<T> {
    const predicate = this.disjunction();
    if (this.position < this.tokens.length) {
      throw this.unexpected('the end');
    }
    return predicate;
  }

  private disjunction(): Predicate<T> {
    const terms = [this.conjunction()];
    while (this.takeWord('OR')) {
      terms.push(this.conjunction());
    }
    return item => terms.some(term => term(item));
  }

  private conjunction(): Predicate<T> {
    const terms = [this.term()];
    while (this.takeWord('AND')) {
      terms.push(this.term());
    }
    return item => terms.every(term => term(item));
  }

  private term(): Predicate<T> {
    if (!this.take('punctuation', '(')) {
      return this.comparison();
    }
    const inner = this.disjunction();
    this.expect(')');
    return inner;
  }

  private comparison(): Predicate<T> {
    const field = this.field();
    if (this.takeWord('NOT')) {
      if (!this.takeWord('IN')) {
        throw this.unexpected('IN');
      }
      const among = this.membership(field);
      return item => !among(item);
    }
    if (this.takeWord('IN')) {
      return this.membership(field);
    }
    const operator = this.tokens[this.position];
    if (operator?.kind !== 'operator') {
      throw this.unexpected('an operator');
    }
    this.position += 1;
    return comparison(field, operator.value, this.literal(field));
  }

  private membership(field: Field<T>): Predicate<T> {
    this.expect('(');
    const options = [comparison(field, '=', this.literal(field))];
    while (this.take('punctuation', ',')) {
      options.push(comparison(field, '=', this.literal(field)));
    }
    this.expect(')');
    return item => options.some(option => option(item));
  }

  private field(): Field<T> {
    const token = this.tokens[this.position];
    if (token?.kind !== 'word') {
      throw this.unexpected('a field');
    }
    if (!Object.hasOwn(this.fields, token.value)) {
      throw new QuerySyntaxError(`unknown field ${token.value}`);
    }
    this.position += 1;
    return this.fields[token.value];
  }

  private literal(field: Field<T>): FieldValue {
    const token = this.tokens[this.position];
    const literal = token && toLiteral(token, field);
    if (!literal) {
      throw this.unexpected('a value');
    }
    if (literal.type !== 'null' && literal.type !== field.type) {
      throw new QuerySyntaxError(
        `${JSON.stringify(token.value)} is not a ${field.type}`,
      );
    }
    this.position += 1;
    return literal.value;
  }

  private take(kind: Token['kind'], value: string): boolean {
    const token = this.tokens[this.position];
    const found = token?.kind === kind && token.value === value;
    this.position += found ? 1 : 0;
    return found;
  }

  private takeWord(word: string): boolean {
    const token = this.tokens[this.position];
    return (
      token?.kind === 'word' &&
      token.value.toUpperCase() === word &&
      this.take('word', token.value)
    );
  }

  private expect(punctuation: string): void {
    if (!this.take('punctuation', punctuation)) {
      throw this.unexpected(`"${punctuation}"`);
    }
  }

  private unexpected(expected: string): QuerySyntaxError {
    const token = this.tokens[this.position];
    const found = token ? `"${token.value}"` : 'the end';
    return new QuerySyntaxError(`expected ${expected}, found ${found}`);
  }
}

function toLiteral<T>(token: Token, field: Field<T>): Literal | undefined {
  switch (token.kind) {
    case 'string': {
      const date = Date.parse(token.value);
      return field.type === 'date' && !Number.isNaN(date)
        ? { type: 'date', value: date }
        : { type: 'string', value: token.value };
    }
    case 'number':
    case 'date':
      return { type: token.kind, value: token.value };
    case 'word':
      return KEYWORDS[token.value.toLowerCase()];
    default:
      return undefined;
  }
}

const KEYWORDS: Record<string, Literal | undefined> = {
  true: { type: 'boolean', value: true },
  false: { type: 'boolean', value: false },
  null: { type: 'null', value: null },
};

function comparison<T>(
  field: Field<T>,
  operator: string,
  wanted: FieldValue,
): Predicate<T> {
  const test = OPERATORS[operator];
  const negated = operator.startsWith('!');
  return item => {
    const found = field.get(item);
    const matches = Array.isArray(found)
      ? found.some(member => test(member, wanted))
      : test(found as FieldValue, wanted);
    return matches !== negated;
  };
}

type Test = (found: FieldValue, wanted: FieldValue) => boolean;

const equal: Test = (found, wanted) => found === wanted;
const contains: Test = (found, wanted) =>
  String(found ?? '')
    .toLowerCase()
    .includes(String(wanted).toLowerCase());
const ordered =
  (test: (found: string | number, wanted: string | number) => boolean): Test =>
  (found, wanted) =>
    isOrdered(found) && isOrdered(wanted) && test(found, wanted);

function isOrdered(value: FieldValue): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

/** What begins with `!` is the negation of the same test. */
const OPERATORS: Record<string, Test> = {
  '=': equal,
  '!=': equal,
  '~': contains,
  '!~': contains,
  '>': ordered((found, wanted) => found > wanted),
  '>=': ordered((found, wanted) => found >= wanted),
  '<': ordered((found, wanted) => found < wanted),
  '<=': ordered((found, wanted) => found <= wanted),
};
