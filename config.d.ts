import { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

/** Configuration of the Bitbucket Cloud module of the catalog. */
export interface Config {
  integrations?: {
    /**
     * How requests to bitbucket.org are signed: a list of at most one entry,
     * since bitbucket.org is one host.
     *
     * An entry has `username` and `token` (an API token), `token` alone (an
     * access token), or `clientId` and `clientSecret` (an OAuth consumer, which
     * wins over the others). Without an entry, or with an empty one, requests
     * are anonymous: only public repositories are seen, with 60 requests an hour.
     */
    bitbucketCloud?: Array<{
      /**
       * The e-mail of the Atlassian account that the API token in `token`
       * belongs to. An access token goes without it.
       *
       * @visibility backend
       */
      username?: string;
      /**
       * An API token with scopes, with `username` beside it; or a repository,
       * project or workspace access token, without.
       *
       * @visibility secret
       */
      token?: string;
      /**
       * A legacy app password, with the Bitbucket user name in `username`. It is
       * still sent, but Atlassian removed app passwords on 28 July 2026: use
       * `token`, which wins where both are present.
       *
       * @visibility secret
       */
      appPassword?: string;
      /**
       * The key of an OAuth consumer that is marked "This is a private consumer".
       *
       * @visibility secret
       */
      clientId?: string;
      /**
       * The secret of the OAuth consumer in `clientId`.
       *
       * @visibility secret
       */
      clientSecret?: string;
      /**
       * A PGP key that other plugins sign commits with. This module leaves it
       * alone.
       *
       * @visibility secret
       */
      commitSigningKey?: string;
      /**
       * The root of the REST API, for a proxy or a simulator. It has to be
       * https, or http on a loopback address, since the credential goes there.
       * Archives and OAuth tokens are then asked of the same origin.
       *
       * Default: `https://api.bitbucket.org/2.0`.
       *
       * @visibility backend
       */
      apiBaseUrl?: string;
      /**
       * How many requests may be under way at once, 1 to 50.
       *
       * Default: 8, which fills a large catalog quickly and leaves Bitbucket
       * room for others.
       *
       * @visibility backend
       */
      concurrency?: number;
      /**
       * How many requests an hour this module may send with the credential, 1 to
       * 100,000. A part of them is kept back for files that are read. Set less
       * where others use the same credential.
       *
       * Default: Bitbucket's limit, which is 1,000, 60 anonymously, or what
       * Bitbucket names in `X-RateLimit-Limit`.
       *
       * @visibility backend
       */
      requestsPerHour?: number;
      /**
       * How old the index of a workspace may be when a file is read from it.
       * Past that, one request asks for everything that has
       * changed in the workspace. Before a read finds nothing, Bitbucket is
       * asked once more, however old the index is.
       *
       * Default: two minutes, which is about how often the catalog reads each
       * location again.
       *
       * @visibility backend
       */
      freshness?: Duration;
      /**
       * The largest file that is read for the catalog: a number of bytes, or
       * text such as `512kb` or `2mb`, from 1 KiB to 32 MiB. A larger one keeps
       * the entities that the catalog has of it, and its Location says so.
       *
       * Default: 1 MiB, since a file that describes entities is far smaller, and
       * reading a large one keeps the backend from answering.
       *
       * @visibility backend
       */
      maxFileSize?: number | string;
    }>;
  };

  events?: {
    modules?: {
      bitbucketCloud?: {
        /**
         * The secret of the webhooks that report to
         * `/api/events/http/bitbucketCloud`. Deliveries that are not signed with
         * it are refused. A list while one secret replaces another.
         *
         * Default: none, so that all deliveries are refused.
         *
         * @deepVisibility secret
         */
        webhookSecret?: string | string[];
        /**
         * Whether deliveries of anyone are accepted, without a signature. Only
         * without a `webhookSecret`.
         *
         * Default: false.
         *
         * @visibility backend
         */
        allowUnsigned?: boolean;
      };
    };
  };

  catalog?: {
    providers?: {
      /**
       * The workspaces that the catalog is filled from: a single provider, which
       * gets the id `default`, or a map of providers by id.
       */
      bitbucketCloud?:
        BitbucketCloudProvider | { [id: string]: BitbucketCloudProvider };
    };
  };
}

/** One workspace, and what is taken from it. */
interface BitbucketCloudProvider {
  /**
   * The workspace's slug, which is the `acme` of `https://bitbucket.org/acme`,
   * or its UUID in braces and quotes.
   *
   * @visibility backend
   */
  workspace: string;

  /**
   * The path of the catalog files, or a list of paths. `/catalog-info.yaml` is
   * the file at the root only, `catalog-info.yaml` the file in any folder; `*`
   * stands for any part of one name, `**` for any folders, `{yaml,yml}` for
   * either. Other glob syntax is refused.
   *
   * Default: `/catalog-info.yaml`, which costs one request a repository; any
   * other folder costs listings.
   *
   * @visibility backend
   */
  catalogPath?: string | string[];

  /**
   * The branch to read. Repositories without it are skipped, unless
   * `fallbackToDefaultBranch` says otherwise.
   *
   * Default: each repository's default branch.
   *
   * @visibility backend
   */
  branch?: string;

  /**
   * Whether repositories without `branch` are read at their default branch. Has
   * no effect without `branch`.
   *
   * Default: `false`, so that what is not on the branch is not in the catalog.
   *
   * @visibility backend
   */
  fallbackToDefaultBranch?: boolean;

  /**
   * Which repositories are taken. All conditions have to hold.
   *
   * Default: every repository that the credential can see.
   */
  filters?: BitbucketCloudRepositoryPatterns & {
    /** Repositories to leave out; either condition is enough. */
    exclude?: BitbucketCloudRepositoryPatterns;

    /**
     * Only public or only private repositories.
     *
     * Default: both.
     *
     * @visibility backend
     */
    visibility?: 'public' | 'private';

    /**
     * Whether forks are taken.
     *
     * Default: `true`, as the stock module takes them.
     *
     * @visibility backend
     */
    forks?: boolean;

    /**
     * An expression in Bitbucket's query language for the list of repositories,
     * such as `language = "java"`. It is combined with the other conditions, on
     * the server.
     *
     * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
     * @visibility backend
     */
    query?: string;
  };

  /** How much may go at once. */
  removals?: {
    /**
     * The part of the provider's Locations that may be removed from one full list
     * to the next, 0 to 100 percent. What is more, and more than ten, is held back:
     * a credential that loses access sees a shorter list of repositories, without
     * any error. All are kept when the list is empty, whatever this says.
     *
     * Default: 20, as repositories are archived a few at a time.
     *
     * @visibility backend
     */
    maxPercentage?: number;
  };

  /**
   * When the workspace is walked, as in Backstage's task schedules.
   *
   * Default: a `frequency` of 2 minutes, as the walk of an unchanged workspace
   * is one request, and a `timeout` of 10 minutes, after which a long first walk
   * goes on with the next; each where it is missing.
   */
  schedule?: Partial<SchedulerServiceTaskScheduleDefinitionConfig>;

  /**
   * How often the whole list of repositories is read. That finds deletions,
   * renames and lost visibility; other walks ask only for what was updated.
   *
   * Default: every hour, or as often as 30 requests an hour allow where there
   * are more than 3,000 repositories, as it takes a request for each hundred.
   *
   * @visibility backend
   */
  fullWalk?: Duration;

  /**
   * Rows per page of the repository list, 1 to 100.
   *
   * Default: 100, which is Bitbucket's limit. Fewer only cost more requests.
   *
   * @visibility backend
   */
  pagelen?: number;

  /** A webhook that this module makes in the workspace, and keeps in order. */
  webhooks?: {
    /**
     * Where Bitbucket delivers: the URL of `/api/events/http/bitbucketCloud` as
     * the internet sees it. The credential has to be that of an administrator
     * of the workspace, with the scopes `read:webhook:bitbucket` and
     * `write:webhook:bitbucket`, or `webhook`. Takes
     * `events.modules.bitbucketCloud.webhookSecret`.
     *
     * Default: none, so that the webhook is made by hand, if at all.
     *
     * @visibility backend
     */
    url: string;
  };
}

/** As in Backstage's task schedules: `2 minutes`, `PT2M` or `{ minutes: 2 }`. */
type Duration = SchedulerServiceTaskScheduleDefinitionConfig['timeout'];

/** Regular expressions that have to match the whole of a value: `foo|bar` means exactly foo or bar. */
interface BitbucketCloudRepositoryPatterns {
  /**
   * The key of the repository's project.
   *
   * @visibility backend
   */
  projectKey?: string;

  /**
   * The repository's slug, its name in URLs.
   *
   * @visibility backend
   */
  repoSlug?: string;
}
