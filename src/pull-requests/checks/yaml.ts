import { Composer, CST, Document, Lexer, LineCounter, Parser } from 'yaml';
import { LIMITS } from './limits';

/** A text that would take too long to parse, or too much memory. */
export class TooComplexError extends Error {
  readonly name = 'TooComplexError';
}

/** What Backstage parses catalog files with, and no warnings in the backend's log. */
const OPTIONS = { merge: false, logLevel: 'error' } as const;

/** Begins a scalar, whose content is the next lexeme. */
const SCALAR = '\u001f';

/**
 * Parses a YAML stream as the catalog does.
 *
 * A few kilobytes such as `? ? ? ?` keep the parser busy for hours, and nothing can
 * interrupt it. The syntax tree is made first, in linear time, and refused where it has a
 * shape that costs more than its size.
 *
 * @throws TooComplexError
 */
export function parseYaml(text: string): {
  documents: Document.Parsed[];
  lines: LineCounter;
} {
  const lines = new LineCounter();
  const tokens = readTokens(text, lines);
  const composer = new Composer({ ...OPTIONS, lineCounter: lines });
  const documents = [...composer.compose(tokens)];
  if (documents.length > LIMITS.documents) {
    throw new TooComplexError(
      `it has more than ${LIMITS.documents} YAML documents`,
    );
  }
  return { documents: documents as Document.Parsed[], lines };
}

function readTokens(text: string, lines: LineCounter): CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  // As `Parser.parse` does for the first line.
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  const counts = { lexemes: 0, aliases: 0, errors: 0 };
  let previous = '';
  for (const lexeme of new Lexer().lex(text)) {
    counts.lexemes += 1;
    if (lexeme.startsWith('*') && previous !== SCALAR) {
      counts.aliases += 1;
    }
    previous = lexeme;
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      counts.errors += token.type === 'error' ? 1 : 0;
    }
    refuseCounts(counts);
    refuseShape(parser.stack);
  }
  tokens.push(...parser.end());
  return tokens;
}

function refuseCounts(counts: {
  lexemes: number;
  aliases: number;
  errors: number;
}): void {
  if (counts.lexemes > LIMITS.tokens) {
    throw new TooComplexError('it is too long');
  }
  if (counts.aliases > LIMITS.aliases) {
    throw new TooComplexError(`it has more than ${LIMITS.aliases} aliases`);
  }
  if (counts.errors > LIMITS.strayTokens) {
    throw new TooComplexError('it is not YAML in too many places');
  }
}

/** Looks at what was added last, so that each call takes the same time. */
function refuseShape(stack: readonly CST.Token[]): void {
  if (stack.length > LIMITS.depth) {
    throw new TooComplexError(
      `it is nested more than ${LIMITS.depth} levels deep`,
    );
  }
  const top = stack.at(-1);
  if (!top) {
    return;
  }
  const items = 'items' in top ? top.items : [];
  const isMap =
    top.type === 'block-map' ||
    (top.type === 'flow-collection' && top.start.source === '{');
  if (isMap && items.length > LIMITS.keys) {
    throw new TooComplexError(`it has a map of more than ${LIMITS.keys} keys`);
  }
  const runs = [top, items.at(-1) ?? {}].flatMap(one =>
    ['start', 'end', 'props', 'sep'].map(
      name => (one as Record<string, unknown>)[name],
    ),
  );
  if (runs.some(run => Array.isArray(run) && run.length > LIMITS.strayTokens)) {
    throw new TooComplexError('it is not YAML in too many places');
  }
}
