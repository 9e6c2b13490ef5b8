import { ConfigValue, isMap, Problem } from './schema';
import { parseTrimmedText, UNSET_VARIABLE_HINT } from './values';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const BARE_UUID = RegExp(`^${UUID}$`, 'i');
const UUID_IN_BRACES = RegExp(`^\\{${UUID}\\}$`, 'i');
// Not "." or "..", which would change the path of a request.
const SLUG = /^(?!\.+$)[\w.-]+$/;
const URL_OF_WORKSPACE =
  /^(?:https?:\/\/)?(?:[^/@]*@)?bitbucket\.org\/([\w.-]+)/i;

/** Follows the key `workspace` where it is not there. */
export const WORKSPACE_IS_MISSING = `is missing. Write the slug of the workspace, which is the "acme" of https://bitbucket.org/acme. ${UNSET_VARIABLE_HINT}`;

/**
 * Parses `workspace`: the slug or the UUID in braces, either of which Bitbucket
 * takes in a path.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/
 */
export function parseWorkspace(value: ConfigValue): string {
  if (isMap(value)) {
    throw new Problem(
      'must be text, but is a map. Put quotes around a UUID in braces.',
    );
  }
  const workspace = parseTrimmedText(value);
  const [, slug] = URL_OF_WORKSPACE.exec(workspace) ?? [];
  if (slug) {
    throw new Problem(`must be a slug, but is a URL. Write '${slug}'.`);
  }
  if (BARE_UUID.test(workspace)) {
    throw new Problem(
      `is a UUID without its braces. Write '{${workspace}}', with the quotes.`,
    );
  }
  if (!SLUG.test(workspace) && !UUID_IN_BRACES.test(workspace)) {
    throw new Problem(
      'must be a slug (letters, digits, "-", "_" and "."), which is the "acme" of https://bitbucket.org/acme, or a UUID in braces.',
    );
  }
  return workspace;
}
