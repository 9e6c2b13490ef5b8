import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const CATALOG = '@backstage/plugin-catalog-backend';
const SHARED = '@backstage/plugin-catalog-node';

const ownRequire = createRequire(__filename);

type Copy = { dir: string; version: string };

/**
 * A warning where the catalog and this module each have a copy of the package
 * that they share; undefined where they share one.
 *
 * Backstage makes one SCM events service for each copy, so that the catalog hears
 * nothing of what this module publishes. Everything else works by name.
 *
 * @param loadedFiles - those that Node has loaded, which is how the catalog's
 * backend is found wherever it is installed
 */
export function warnOfSecondCopy(
  loadedFiles = Object.keys(ownRequire.cache),
): string | undefined {
  const catalogFile = loadedFiles.find(file =>
    file.replaceAll('\\', '/').includes(`/${CATALOG}/dist/`),
  );
  const ours = copyOf(ownRequire);
  const theirs = catalogFile && copyOf(createRequire(catalogFile));
  if (!ours || !theirs || ours.dir === theirs.dir) {
    return undefined;
  }
  return `This module and the catalog each have a copy of ${SHARED}: ${ours.version} in ${ours.dir}, and ${theirs.version} in ${theirs.dir}. Until they share one copy, registered locations are not updated by pushes. If the backend's package.json lists ${SHARED}, set it to the catalog's version (${theirs.version}), and install again.`;
}

/** What `require` finds; undefined where it finds nothing that can be read. */
function copyOf(from: NodeJS.Require): Copy | undefined {
  try {
    const file = from.resolve(`${SHARED}/package.json`);
    const { version } = JSON.parse(readFileSync(file, 'utf8'));
    return { dir: dirname(file), version };
  } catch {
    return undefined;
  }
}
