import { parseArgs } from 'node:util';
import { StartError } from './errors';

/** What `npm start` was asked for. */
export type StartOptions = {
  /** A workspace on bitbucket.org; without one the simulator plays dev/workspace. */
  workspace?: string;
  /** Whether the simulator plays Bitbucket Data Center instead of Bitbucket Cloud. */
  dataCenter: boolean;
  /** Where the backend listens. */
  port: number;
  /** Where the simulator listens; 0 is any free port. */
  simulatorPort: number;
  /** Whether every log line is shown. */
  verbose: boolean;
  help: boolean;
};

export const USAGE = `Starts a Backstage backend whose catalog fills from Bitbucket Cloud or Data Center.

  npm start                          from dev/workspace, played by a simulator
  npm start -- --data-center         the same as an instance of Bitbucket Data Center
  npm start -- --workspace <slug>    from a workspace on bitbucket.org

Options come after the two dashes; npm takes those before them for its own.

  --data-center             simulate Bitbucket Data Center instead of Bitbucket Cloud
  --workspace <slug>        a workspace's slug, or its {uuid}
  --port <number>           where the backend listens (default 7007)
  --simulator-port <number> where the simulator listens (default: any free port)
  --verbose                 show everything that the backend logs
  --help                    show this help

bitbucket.org is asked anonymously, which shows public repositories only, unless
there are credentials in app-config.local.yaml (integrations.bitbucketCloud) or
in the environment:

  BITBUCKET_USERNAME and BITBUCKET_TOKEN            an API token
  BITBUCKET_TOKEN                                   an access token
  BITBUCKET_CLIENT_ID and BITBUCKET_CLIENT_SECRET   an OAuth consumer
  BITBUCKET_USERNAME and BITBUCKET_APP_PASSWORD     an app password (removed by Atlassian)
`;

/**
 * Reads the command line.
 *
 * @throws StartError that says what is wrong with it
 */
export function parseOptions(args: string[]): StartOptions {
  const values = parseValues(args);
  if (values.workspace === '') {
    throw new StartError('--workspace needs the slug of a workspace.');
  }
  if (
    values.workspace !== undefined &&
    values['simulator-port'] !== undefined
  ) {
    throw new StartError(
      '--simulator-port and --workspace exclude each other: with --workspace, bitbucket.org answers and no simulator runs.',
    );
  }
  if (values.workspace !== undefined && values['data-center']) {
    throw new StartError(
      '--data-center and --workspace exclude each other: a workspace is on bitbucket.org, which is Bitbucket Cloud. For an instance of your own, see docs/data-center.md.',
    );
  }
  return {
    workspace: values.workspace,
    dataCenter: values['data-center'] ?? false,
    port: parsePort('--port', values.port) ?? 7007,
    simulatorPort: parsePort('--simulator-port', values['simulator-port']) ?? 0,
    verbose: values.verbose ?? false,
    help: values.help ?? false,
  };
}

function parseValues(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        workspace: { type: 'string' },
        'data-center': { type: 'boolean' },
        port: { type: 'string' },
        'simulator-port': { type: 'string' },
        verbose: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS_')) {
      throw new StartError(
        `${message}\nnpm start -- --help lists the options.`,
      );
    }
    throw error;
  }
}

function parsePort(option: string, value?: string): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port < 1 || port > 65535) {
    throw new StartError(
      `${option} must be a number from 1 to 65535, but is "${value}".`,
    );
  }
  return port;
}
