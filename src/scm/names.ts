/** What the requests to a host are signed with, in words that hold no secret. */
export type CredentialView = {
  readonly kind: string;
  /** For example `API token of jane@example.com`. */
  readonly label: string;
};

/** What holds the repositories of an entity provider, in the words of its product. */
export type WorkspaceKind = 'workspace' | 'instance';

/** What a host and its parts are called, by people, in the configuration and in the catalog. */
export type ScmNames = {
  /** For people, such as `Bitbucket Cloud`. */
  readonly product: string;
  /** What `RepositorySelection.workspace` is. */
  readonly workspaceKind: WorkspaceKind;
  /** A repository for texts that show how to name one; see `ScmHost.fullNameOf`. */
  readonly example: { readonly workspace: string; readonly slug: string };
  /** The name of an entity provider, which is its location key too. */
  provider(id: string): string;
  /** The annotation of a Location that holds the web address of its repository. */
  readonly repositoryUrlAnnotation: string;
  readonly configKeys: {
    /** The integration, such as `integrations.bitbucketCloud[0]`. */
    readonly integration: string;
    /** The entity providers, such as `catalog.providers.bitbucketCloud`. */
    readonly providers: string;
    /** The secret that deliveries are signed with. */
    readonly webhookSecret: string;
  };
};
