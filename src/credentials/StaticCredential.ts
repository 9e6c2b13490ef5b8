import { Credential, CredentialKind } from './types';

/** A credential that is the same for every request. */
export class StaticCredential implements Credential {
  readonly kind: CredentialKind;
  readonly label: string;
  // Private to the language, so that no inspection or serialization shows it.
  readonly #authorization: string | undefined;

  constructor(
    kind: CredentialKind,
    label: string,
    authorization: string | undefined,
  ) {
    this.kind = kind;
    this.label = label;
    this.#authorization = authorization;
  }

  async authorization(): Promise<string | undefined> {
    return this.#authorization;
  }

  refused(): boolean {
    return false;
  }
}

/** The header of HTTP's Basic scheme, in UTF-8: https://www.rfc-editor.org/rfc/rfc7617 */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
