/** Patterns of dotted paths, as the segments that are still to be matched. */
type Rules = {
  only: string[][];
  add: string[][];
  remove: string[][];
  /** Subtrees that are left out unless they are asked for. */
  hidden: string[][];
};

/**
 * Partial responses: `a.b` keeps only that, `+a.b` adds what is hidden by
 * default, `-a.b` removes, `*` stands for any name. The deepest pattern that
 * matches decides, and of two equally deep ones the one that keeps. Lists are
 * passed through: `values.slug` is the slug of every value.
 *
 * @param body - with everything that can be asked for
 * @param fields - the query parameter
 * @param hidden - dotted paths of what is left out by default
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/#partial-response
 */
export function selectFields(
  body: unknown,
  fields: string | undefined,
  hidden: string[] = [],
): unknown {
  const names = (fields ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(Boolean);
  const marked = (mark: string) =>
    names.filter(name => name.startsWith(mark)).map(name => name.slice(1));
  const rules: Rules = {
    only: names.filter(name => !/^[+-]/.test(name)).map(segments),
    add: marked('+').map(segments),
    remove: marked('-').map(segments),
    hidden: hidden.map(segments),
  };
  return prune(body, rules.only.length === 0, rules);
}

const segments = (path: string) => path.split('.');

function prune(value: unknown, visible: boolean, rules: Rules): unknown {
  if (visible && rules.remove.length === 0 && rules.hidden.length === 0) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(member => prune(member, visible, rules));
  }
  if (!isObject(value)) {
    return value;
  }
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const below: Rules = {
      only: narrow(rules.only, key),
      add: narrow(rules.add, key),
      remove: narrow(rules.remove, key),
      hidden: narrow(rules.hidden, key),
    };
    const kept = isVisible(visible, below);
    const asked = kept || below.only.length > 0 || below.add.length > 0;
    // What is below of nothing is nothing: `parent.uuid` of a repository that is not a fork.
    if (!asked || (!kept && !isContainer(member))) {
      continue;
    }
    const pruned = prune(member, kept, below);
    if (kept || !isEmptyObject(pruned)) {
      result[key] = pruned;
    }
  }
  return result;
}

function isVisible(inherited: boolean, rules: Rules): boolean {
  if (isMatched(rules.only) || isMatched(rules.add)) {
    return true;
  }
  return inherited && !isMatched(rules.remove) && !isMatched(rules.hidden);
}

const narrow = (patterns: string[][], key: string) =>
  patterns
    .filter(([first]) => first === key || first === '*')
    .map(([, ...rest]) => rest);

const isMatched = (patterns: string[][]) =>
  patterns.some(pattern => pattern.length === 0);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isContainer = (value: unknown) => typeof value === 'object';

const isEmptyObject = (value: unknown) =>
  isObject(value) && Object.keys(value).length === 0;
