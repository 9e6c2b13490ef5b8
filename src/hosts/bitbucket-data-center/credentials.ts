import { DataCenterCredentialConfig } from '../../config/types';
import {
  basicAuthorization,
  Credential,
  StaticCredential,
} from '../../http/authorization';
import { hashOf } from '../../lib/text';

export type DataCenterCredential = Credential<
  DataCenterCredentialConfig['kind']
>;

/** Gives what signs requests with a parsed credential. */
export function createCredential(
  config: DataCenterCredentialConfig,
): DataCenterCredential {
  switch (config.kind) {
    case 'httpAccessToken':
      return new StaticCredential(
        config.kind,
        'HTTP access token',
        `Bearer ${config.token}`,
      );
    case 'password':
      return new StaticCredential(
        config.kind,
        `password of ${config.username}`,
        basicAuthorization(config.username, config.password),
      );
    case 'anonymous':
      return new StaticCredential(config.kind, 'anonymous', undefined);
  }
}

/**
 * A name of a credential and its host for a database: the same in every process, and
 * not to be read back. Passwords go by their user, whose requests an instance counts
 * together.
 */
export function credentialId(
  host: string,
  config: DataCenterCredentialConfig,
): string {
  return hashOf([host, config.kind, identityOf(config)].join(' ')).slice(0, 16);
}

function identityOf(config: DataCenterCredentialConfig): string {
  switch (config.kind) {
    case 'httpAccessToken':
      return config.token;
    case 'password':
      return config.username;
    case 'anonymous':
      return '';
  }
}
