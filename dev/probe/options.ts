import { parseArgs } from 'node:util';
import { ProbeOptions } from './probe';

export const USAGE = `Asks an instance of Bitbucket Data Center what its documentation leaves open.

  npx tsx dev/probe-data-center.ts https://git.example.com --repository PAY/api

It sends GET requests only, 30 at most, and prints no token, no name and no content:
what it prints can be posted in public.

  --token-env <name>          the variable with the HTTP access token (default BITBUCKET_DC_TOKEN)
  --repository <KEY/slug>     a repository with files (default: the first one that has some)
  --link <path>               a symbolic link in it
  --submodule <path>          a submodule in it
  --lfs <path>                a file in Git LFS in it
  --old-repository <KEY/slug>     the name of a repository before it was renamed or moved
  --hidden-repository <KEY/slug>  one that exists, and that the token may not see
  --allow-insecure-http       send the token to an address that begins with http://
`;

/** Something that is wrong with the command line. */
export class UsageError extends Error {}

const NAME = { type: 'string' } as const;

/**
 * Reads the command line.
 *
 * @returns undefined where help is wanted
 * @throws UsageError
 */
export function parseOptions(
  args: string[],
  env: NodeJS.ProcessEnv,
): ProbeOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) {
    return undefined;
  }
  const [written = ''] = positionals;
  if (positionals.length !== 1 || !/^https?:/i.test(written)) {
    throw new UsageError(
      'Name the instance, such as https://git.example.com/bitbucket.',
    );
  }
  for (const option of [
    'repository',
    'old-repository',
    'hidden-repository',
  ] as const) {
    if (!/^(?:[^/]+\/[^/]+)?$/.test(values[option] ?? '')) {
      throw new UsageError(
        `--${option} takes a project and a repository, such as PAY/api.`,
      );
    }
  }
  const variable = values['token-env'] ?? 'BITBUCKET_DC_TOKEN';
  return {
    baseUrl: baseUrlOf(written, values['allow-insecure-http'] ?? false),
    token: env[variable],
    repository: values.repository,
    oldRepository: values['old-repository'],
    hiddenRepository: values['hidden-repository'],
    link: values.link,
    submodule: values.submodule,
    lfs: values.lfs,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        'token-env': NAME,
        repository: NAME,
        link: NAME,
        submodule: NAME,
        lfs: NAME,
        'old-repository': NAME,
        'hidden-repository': NAME,
        'allow-insecure-http': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function baseUrlOf(written: string, allowInsecureHttp: boolean): string {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (!url || url.username || url.password || url.search || url.hash) {
    throw new UsageError(
      'The address must be a URL without a user name, a password, a query or a fragment.',
    );
  }
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(
    url.hostname,
  );
  if (url.protocol === 'http:' && !isLoopback && !allowInsecureHttp) {
    throw new UsageError(
      'The address must begin with https://, since http:// sends the token in the clear. --allow-insecure-http sends it all the same.',
    );
  }
  const path = url.pathname.replace(
    /(?:\/rest(?:\/api(?:\/[^/]+)?)?)?\/*$/,
    '',
  );
  return `${url.origin}${path}`;
}
