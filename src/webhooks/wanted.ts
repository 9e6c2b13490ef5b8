import { ProviderConfig } from '../config/types';
import { ScmWebhooks, WebhookPlace } from '../scm/webhooks';
import { Checked } from './summary';

/** What a URL is to be delivered of a workspace, and the providers that want it. */
export type Wanted = {
  url: string;
  workspace: string;
  events: string[];
  configs: ProviderConfig[];
  /** Those of all of its providers, as of the last look. */
  places: WebhookPlace[];
  /** Those of each provider, by its id. */
  placesOf: Map<string, WebhookPlace[]>;
  /** By the key of the place. */
  checked: Map<string, Checked>;
};

/** Providers of one workspace share a webhook, and what any of them needs it for. */
export function wantedBy(
  configs: ProviderConfig[],
  { events }: ScmWebhooks,
): Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const config of configs) {
    const { workspace, webhooks } = config;
    if (webhooks) {
      const { url } = webhooks;
      const key = `${workspace} ${url}`;
      const checksPullRequests = configs.some(
        other => other.workspace === workspace && other.pullRequests,
      );
      wanted.set(key, {
        url,
        workspace,
        events: [
          ...events.repositories,
          ...(checksPullRequests ? events.pullRequests : []),
        ],
        configs: [...(wanted.get(key)?.configs ?? []), config],
        places: [],
        placesOf: new Map(),
        checked: new Map(),
      });
    }
  }
  return [...wanted.values()];
}
