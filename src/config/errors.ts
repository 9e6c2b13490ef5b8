/**
 * A section of the configuration cannot be used. One error lists all of its
 * problems, one per line; each names its key and says how to mend it. No
 * problem shows a secret.
 */
export class ConfigurationError extends Error {
  readonly name = 'ConfigurationError';
  /** The problems, each one or two sentences that begin with the key. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The Bitbucket Cloud configuration cannot be used:\n${problems
        .map(problem => `- ${problem}`)
        .join('\n')}`,
    );
    this.problems = problems;
  }
}
