import { ProviderConfig } from '../config';
import { hashOf } from '../workspace';

/**
 * A hash of the settings that decide which files a provider finds and may
 * remove. Under other ones everything is compared anew, with what the index
 * knows.
 */
export function settingsOf(config: ProviderConfig): string {
  const { workspace, catalogPaths, branch, fallbackToDefaultBranch } = config;
  const { filters, removals } = config;
  const settings = {
    workspace,
    catalogPaths,
    branch,
    fallbackToDefaultBranch,
    filters,
    removals,
  };
  return hashOf(JSON.stringify(settings));
}
