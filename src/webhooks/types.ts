/** A webhook that is to be there. */
export type WantedWebhook = {
  /** Slug or `{uuid}`. */
  workspace: string;
  /** Where Bitbucket is to deliver. */
  url: string;
  /** Signs the deliveries. */
  secret: string;
};

/**
 * What seeing to a webhook came to: all is well with it; it was made; it was put
 * in order; Bitbucket does not let the credential; or something else went wrong,
 * which may pass.
 */
export type WebhookState =
  'installed' | 'created' | 'repaired' | 'refused' | 'failed';

export type Outcome = {
  state: WebhookState;
  /** One line, without secrets. */
  message: string;
};
