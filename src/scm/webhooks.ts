import { ForbiddenError, UnauthorizedError } from './errors';
import { RequestContext } from './types';

/** What a webhook belongs to: it delivers what happens to all repositories in it. */
export type WebhookPlace = {
  /** No place of any host has the same; only the host reads it. */
  key: string;
  /** As people call it, such as the slug of a workspace or the key of a project. */
  name: string;
};

/** A webhook of a place, as it stands. */
export type Webhook = {
  /** No webhook of any host has the same: on Bitbucket Cloud a uuid in braces. */
  uuid: string;
  url: string;
  description: string;
  /** Whether anything is delivered. */
  isActive: boolean;
  /** Such as `repo:push`. */
  events: string[];
  /** Whether deliveries are signed. The host does not tell with what. */
  hasSecret: boolean;
};

/** What a webhook shall be. */
export type WebhookSettings = {
  url: string;
  description: string;
  events: string[];
  /** Signs the deliveries. Absent: as it was, or none where the webhook is new. */
  secret?: string;
};

/**
 * The webhooks of a host, which only administrators of a place may see and change.
 * Nothing that is thrown or returned shows a secret.
 */
export interface ScmWebhooks {
  /** What has webhooks: the workspace of a provider, or each project of its repositories. */
  readonly placeKind: 'workspace' | 'project';
  /** What a webhook is to deliver, for the catalog and, besides, for pull requests. */
  readonly events: {
    readonly repositories: readonly string[];
    readonly pullRequests: readonly string[];
  };

  /**
   * The places whose webhooks together deliver all of a workspace.
   *
   * @param workspace - see `RepositorySelection.workspace`
   * @param projectKeys - of its repositories; empty where a place is a workspace
   */
  placesOf(workspace: string, projectKeys: readonly string[]): WebhookPlace[];

  /** All of a place; one request where there are not unusually many. */
  list(place: WebhookPlace, context: RequestContext): AsyncIterable<Webhook>;

  /**
   * Makes a webhook, and lets it deliver.
   *
   * Sent once only: after an `UnavailableError`, or an `UnexpectedResponseError` with a
   * status below 300, it may have been made all the same.
   */
  create(
    place: WebhookPlace,
    settings: WebhookSettings,
    context: RequestContext,
  ): Promise<Webhook>;

  /** Changes a webhook, and lets it deliver. */
  update(
    place: WebhookPlace,
    uuid: string,
    settings: WebhookSettings,
    context: RequestContext,
  ): Promise<Webhook>;

  /**
   * Why a credential may not see to webhooks, which permission it lacks, and how to do
   * without: some sentences that also fit where several places refuse it.
   *
   * @param events - that the webhook is to deliver
   * @param error - absent where there is no credential
   */
  explainRefusal(
    events: readonly string[],
    error?: ForbiddenError | UnauthorizedError,
  ): string;
}
