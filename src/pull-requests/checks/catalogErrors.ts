import { JsonObject } from '@backstage/types';
import { ScmUrls } from '../../scm/urls';
import { explainKnown, Problem } from './knownErrors';
import { cleaned, sentence } from './wording';

/** An error as the catalog's API gives it. */
export type CatalogError = {
  name?: string;
  message?: string;
  /** The error that caused it, in the same form. */
  cause?: unknown;
};

/** Which texts of others may be seen in the pull request. */
export type Visibility = {
  urls: ScmUrls;
  /** Where only URLs of one repository may be seen. */
  repository?: string;
};

/** What the catalog puts around the error of a processor or a policy. */
const WRAPPERS =
  /^(Processor \S+ threw an error while|Policy check failed for|Entity envelope (for .* )?failed validation)/;

/** Errors that say what is wrong with an entity; any other may be a fault of the backend. */
const OF_ENTITIES = [
  'InputError',
  'TypeError',
  'NotAllowedError',
  'NotFoundError',
];

/** The error itself, and whether it is from a policy, which may throw any. */
export function unwrapped(error: CatalogError): {
  name: string;
  message: string;
  isPolicy: boolean;
} {
  let inner = error;
  let isPolicy = false;
  while (
    WRAPPERS.test(inner.message ?? '') &&
    typeof inner.cause === 'object' &&
    inner.cause !== null
  ) {
    isPolicy ||= inner.message!.startsWith('Policy check failed for');
    inner = inner.cause;
  }
  const message = String(inner.message ?? '');
  const [first] = message.split('; caused by ');
  return { name: String(inner.name ?? ''), message: first, isPolicy };
}

/**
 * Words an error of the catalog for the person who has to fix the file.
 *
 * @param entity - what it is about, where that is known
 */
export function explain(
  error: CatalogError,
  visibility: Visibility,
  entity: JsonObject = {},
): Problem {
  const { name, message, isPolicy } = unwrapped(error);
  const known = explainKnown(message, entity);
  if (known) {
    return { ...known, message: sentence(known.message) };
  }
  if (isPolicy || OF_ENTITIES.includes(name)) {
    const text = cleaned(message, visibility) || 'no reason given';
    return { rule: 'schema', message: sentence(`The catalog says: ${text}`) };
  }
  return {
    rule: 'unchecked',
    message:
      "This could not be checked, since something failed in the catalog; see the backend's log.",
  };
}
