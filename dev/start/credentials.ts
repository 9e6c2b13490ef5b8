import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Config, ConfigReader } from '@backstage/config';
import { ConfigSources, FileConfigSource } from '@backstage/config-loader';
import { JsonObject, JsonValue } from '@backstage/types';
import { StartError } from './errors';

const LOCAL_CONFIG = 'app-config.local.yaml';

/** Which variable gives which key of `integrations.bitbucketCloud[0]`. */
const VARIABLES = {
  BITBUCKET_USERNAME: 'username',
  BITBUCKET_TOKEN: 'token',
  BITBUCKET_APP_PASSWORD: 'appPassword',
  BITBUCKET_CLIENT_ID: 'clientId',
  BITBUCKET_CLIENT_SECRET: 'clientSecret',
};

/** The value of `integrations.bitbucketCloud`, and where it was found. */
export type FoundIntegration = {
  list: JsonValue;
  /** For a sentence about the credential: `app-config.local.yaml`. */
  source: string;
};

/**
 * Looks for credentials: in app-config.local.yaml, then in `BITBUCKET_*`
 * variables. The file comes first, since it may itself be made of variables
 * (`token: ${BITBUCKET_TOKEN}`). Nothing is checked here but that the file can
 * be read.
 */
export async function findIntegration(
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<FoundIntegration> {
  const config = await readLocalConfig(resolve(folder, LOCAL_CONFIG), env);
  const list = config?.getOptional<JsonValue>('integrations.bitbucketCloud');
  if (list !== undefined) {
    return { list, source: LOCAL_CONFIG };
  }
  const names = Object.entries(VARIABLES).filter(([name]) => env[name]);
  if (names.length === 0) {
    return { list: [], source: 'no credentials' };
  }
  const entry: JsonObject = Object.fromEntries(
    names.map(([name, key]) => [key, env[name]]),
  );
  return { list: [entry], source: names.map(([name]) => name).join(' and ') };
}

async function readLocalConfig(
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<Config | undefined> {
  if (!existsSync(path)) {
    return undefined;
  }
  const source = FileConfigSource.create({
    path,
    watch: false,
    substitutionFunc: async name => env[name],
  });
  try {
    const config = await ConfigSources.toConfig(source);
    config.close();
    return new ConfigReader(config.getOptional<JsonObject>());
  } catch (error) {
    throw new StartError(
      `${LOCAL_CONFIG} cannot be read: ${
        error instanceof Error ? error.message : error
      }`,
    );
  }
}
