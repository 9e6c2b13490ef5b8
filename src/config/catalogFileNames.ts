import { Config } from '@backstage/config';
import { DEFAULT_CATALOG_PATH } from './catalogPaths';
import { readProviderConfigs } from './providers';

const FILENAME = 'catalog.import.entityFilename';

/**
 * What catalog files are called here: `catalog-info.yaml`, as catalog-import calls the
 * files that it makes, and as providers look for them, unless with a wildcard.
 */
export function readCatalogFileNames(config: Config): string[] {
  const paths = [
    DEFAULT_CATALOG_PATH,
    config.getOptionalString(FILENAME) ?? DEFAULT_CATALOG_PATH,
    ...readProviderConfigs(config).value.flatMap(
      ({ catalogPaths }) => catalogPaths,
    ),
  ];
  const names = paths.map(path => path.slice(path.lastIndexOf('/') + 1));
  return [...new Set(names)].filter(name => !name.includes('*'));
}

/** Whether a file has one of some names; in other letter case, or as `.yml`, it has too. */
export function isCalled(name: string, names: readonly string[]): boolean {
  return names.some(one => normalize(one) === normalize(name));
}

function normalize(name: string): string {
  return name.toLowerCase().replace(/\.yml$/, '.yaml');
}
