import { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

/** Configuration of the Bitbucket module for the catalog. */
export interface Config {
  integrations?: {
    /**
     * How requests to bitbucket.org are signed: a list of at most one entry,
     * since bitbucket.org is one host.
     *
     * An entry has `username` and `token` (an API token), `token` alone (an
     * access token), or `clientId` and `clientSecret` (an OAuth consumer, which
     * takes precedence). Without an entry, or with an empty one, requests are
     * anonymous: public repositories only, with 60 requests an hour.
     */
    bitbucketCloud?: Array<{
      /**
       * The e-mail of the Atlassian account that the API token in `token`
       * belongs to. Not used with an access token.
       *
       * @visibility backend
       */
      username?: string;
      /**
       * An API token with scopes, together with `username`; or a repository,
       * project or workspace access token, without `username`.
       *
       * @visibility secret
       */
      token?: string;
      /**
       * A legacy app password, with the Bitbucket user name in `username`. It is
       * still sent, but Atlassian removed app passwords on 28 July 2026: use
       * `token`, which takes precedence if both are present.
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
       * A PGP key that other plugins sign commits with. This module does not
       * use it.
       *
       * @visibility secret
       */
      commitSigningKey?: string;
      /**
       * The root of the REST API, for a proxy or a simulator. It has to be
       * https, or http on a loopback address, since the credential is sent there.
       * Archives and OAuth tokens are then requested from the same origin.
       *
       * Default: `https://api.bitbucket.org/2.0`.
       *
       * @visibility backend
       */
      apiBaseUrl?: string;
      /**
       * How many requests may run at once, 1 to 50.
       *
       * Default: 8, which is enough to fill a large catalog quickly.
       *
       * @visibility backend
       */
      concurrency?: number;
      /**
       * How many requests an hour this module may send with the credential, 1 to
       * 100,000. Walks leave a part of them for other purposes. Set a lower
       * number if others use the same credential.
       *
       * Default: Bitbucket's limit, which is 1,000, 60 for anonymous requests, or
       * what Bitbucket names in `X-RateLimit-Limit`.
       *
       * @visibility backend
       */
      requestsPerHour?: number;
      /**
       * How old the mirror of a workspace, its copy in the catalog's database, may
       * be when a file is read from it. If it is older, one request asks for
       * everything that has changed in the workspace. Before a read reports that
       * something does not exist, Bitbucket is asked once more, however old the
       * mirror is.
       *
       * Default: two minutes, which is about how often the catalog reads each
       * location again.
       *
       * @visibility backend
       */
      freshness?: Duration;
      /**
       * The largest file that is read for the catalog: a number of bytes, or
       * text such as `512kb` or `2mb`, from 1 KiB to 32 MiB. The entities of a
       * larger file stay as they are, and its Location shows an error.
       *
       * Default: 1 MiB. Catalog files are far smaller, and while the catalog parses
       * a large file the backend does not respond.
       *
       * @visibility backend
       */
      maxFileSize?: number | string;
    }>;

    /**
     * The instances of Bitbucket Data Center, an entry for each. Without a credential in
     * it, requests are anonymous: public repositories only, where the instance allows it.
     */
    bitbucketServer?: Array<{
      /**
       * The host as in the URLs of the instance, with its port where they have one, and
       * without a path: `git.example.com`.
       *
       * @visibility frontend
       */
      host: string;
      /**
       * The REST API of the instance, with its context path and its port:
       * `https://git.example.com/bitbucket/rest/api/latest`. This module takes the URL
       * without `/rest/api/latest`, too; other plugins do not.
       *
       * Default: `https://{host}/rest/api/1.0`.
       *
       * @visibility frontend
       */
      apiBaseUrl?: string;
      /**
       * The web pages of the instance, where their context path or their scheme is not
       * that of `apiBaseUrl`: `https://git.example.com/bitbucket`. Its host is `host`.
       * The URLs of Locations begin with it.
       *
       * Default: `https://{host}` with the context path of `apiBaseUrl`, or the root of
       * `apiBaseUrl` if that is at `host`.
       *
       * @visibility backend
       */
      baseUrl?: string;
      /**
       * Whether `apiBaseUrl` may begin with `http://`, which sends the credential in
       * the clear. On a loopback address it may anyway.
       *
       * Default: false.
       *
       * @visibility backend
       */
      allowInsecureHttp?: boolean;
      /**
       * An HTTP access token, with the permission "Repository read". That of an account
       * sees what the account sees; that of a project or a repository sees nothing else.
       *
       * @visibility secret
       */
      token?: string;
      /**
       * The user name that belongs to `password`. Not used with a token.
       *
       * @visibility secret
       */
      username?: string;
      /**
       * The password of the account in `username`, where the instance allows basic
       * authentication. `token` takes precedence.
       *
       * @visibility secret
       */
      password?: string;
      /**
       * A PGP key that other plugins sign commits with. This module does not
       * use it.
       *
       * @visibility secret
       */
      commitSigningKey?: string;
      /**
       * How many requests may run at once, 1 to 50.
       *
       * Default: 8.
       *
       * @visibility backend
       */
      concurrency?: number;
      /**
       * How many requests a second all replicas may send together, 1 to 1,000.
       *
       * Default: no limit, until the instance answers 429 or 503.
       *
       * @visibility backend
       */
      requestsPerSecond?: number;
      /**
       * How old a branch may be when a file is read from it by URL. A branch that is older
       * takes two requests. Also how long the catalog keeps the answer that a repository
       * does not exist, at least.
       *
       * Default: as old as walks let branches become, see docs/data-center.md; and two
       * minutes for the answer that a repository does not exist.
       *
       * @visibility backend
       */
      freshness?: Duration;
      /**
       * The largest file that is read for the catalog: a number of bytes, or
       * text such as `512kb` or `2mb`, from 1 KiB to 32 MiB. The entities of a
       * larger file stay as they are, and its Location shows an error.
       *
       * Default: 1 MiB.
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
         * The secret of the webhooks that deliver to
         * `/api/events/http/bitbucketCloud`. Deliveries that are not signed with
         * it are refused. Use a list to rotate the secret.
         *
         * Default: none, so that all deliveries are refused.
         *
         * @deepVisibility secret
         */
        webhookSecret?: string | string[];
        /**
         * Whether to accept deliveries without a signature, from any sender. Only
         * without a `webhookSecret`.
         *
         * Default: false.
         *
         * @visibility backend
         */
        allowUnsigned?: boolean;
      };
      bitbucketServer?: {
        /**
         * The secret of the webhooks that deliver to
         * `/api/events/http/bitbucketServer`, of all instances. Deliveries that are not
         * signed with it are refused. Use a list to rotate the secret, or where
         * instances have different ones.
         *
         * Default: none, so that all deliveries are refused.
         *
         * @deepVisibility secret
         */
        webhookSecret?: string | string[];
        /**
         * Whether to accept deliveries without a signature, from any sender. Only
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
       * The entity providers: a single one, with the id `default`, or a map of
       * providers by id.
       */
      bitbucketCloud?:
        BitbucketCloudProvider | { [id: string]: BitbucketCloudProvider };

      /**
       * The entity providers of Bitbucket Data Center: a single one, with the id
       * `default`, or a map of providers by id.
       */
      bitbucketServer?:
        BitbucketServerProvider | { [id: string]: BitbucketServerProvider };
    };
  };
}

/** One workspace, and what to read from it. */
interface BitbucketCloudProvider extends CommonProvider {
  /**
   * The workspace's slug, which is the `acme` of `https://bitbucket.org/acme`,
   * or its UUID in braces and quotes.
   *
   * @visibility backend
   */
  workspace: string;

  /**
   * Which repositories to include. All conditions have to match. Regular expressions
   * have to match the whole value: `foo|bar` means exactly foo or bar.
   *
   * Default: every repository that the credential can see.
   */
  filters?: RepositoryPatterns & {
    /** Repositories to exclude; one matching condition is enough. */
    exclude?: RepositoryPatterns;

    /**
     * Only public or only private repositories.
     *
     * Default: both.
     *
     * @visibility backend
     */
    visibility?: 'public' | 'private';

    /**
     * Whether to include forks.
     *
     * Default: `true`, as in the stock module.
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

  /**
   * How often to read the full list of repositories, which finds deletions,
   * renames and lost visibility. Other walks ask only for what was updated.
   *
   * Default: every hour. With more than 3,000 repositories, as often as 30
   * requests an hour allow, since each hundred repositories take one.
   *
   * @visibility backend
   */
  fullWalk?: Duration;

  /**
   * Rows per page of the repository list, 1 to 100.
   *
   * Default: 100, which is Bitbucket's limit. Fewer rows take more requests.
   *
   * @visibility backend
   */
  pagelen?: number;

  /** A webhook that this module installs in the workspace, and repairs. */
  webhooks?: {
    /**
     * Where Bitbucket delivers: the URL of `/api/events/http/bitbucketCloud` as
     * seen from the internet. The credential has to belong to an administrator of
     * the workspace, with the scopes `read:webhook:bitbucket` and
     * `write:webhook:bitbucket`, or `webhook`. Requires
     * `events.modules.bitbucketCloud.webhookSecret`.
     *
     * Default: none; no webhook is installed.
     *
     * @visibility backend
     */
    url: string;
  };

  /**
   * Checks catalog files in pull requests, and posts the result to them. Requires
   * `events.modules.bitbucketCloud.webhookSecret` and a webhook with the events
   * `pullrequest:created`, `updated`, `push`, `fulfilled` and `rejected`, which
   * `webhooks.url` installs.
   *
   * Default: none; pull requests are not checked. `{}` is enough.
   */
  pullRequests?: PullRequests;
}

/** One instance of Bitbucket Data Center, and what to read from it. */
interface BitbucketServerProvider extends CommonProvider {
  /**
   * The host of an entry of `integrations.bitbucketServer`.
   *
   * @visibility backend
   */
  host: string;

  /**
   * Which repositories to include. All conditions have to match. Regular expressions may
   * match any part of a value, as in the stock module: `^pay$` means exactly pay.
   *
   * Default: every repository that the credential can see.
   */
  filters?: RepositoryPatterns & {
    /** Repositories to exclude; one matching condition is enough. */
    exclude?: RepositoryPatterns;

    /**
     * Only public or only private repositories.
     *
     * Default: both.
     *
     * @visibility backend
     */
    visibility?: 'public' | 'private';

    /**
     * Whether to include forks.
     *
     * Default: `true`, as in the stock module.
     *
     * @visibility backend
     */
    forks?: boolean;

    /**
     * Whether to exclude archived repositories.
     *
     * Default: false.
     *
     * @visibility backend
     */
    skipArchivedRepos?: boolean;
  };

  /**
   * How often to read the full list of repositories, which finds new ones, deletions,
   * renames and lost visibility.
   *
   * Default: every 10 minutes, one request for each 999 repositories.
   *
   * @visibility backend
   */
  fullWalk?: Duration;

  /**
   * Rows per page of the repository list, 1 to 1,000.
   *
   * Default: 1,000, which is the most that an instance gives by default.
   *
   * @visibility backend
   */
  pagelen?: number;

  /** A webhook that this module installs in each project, and repairs. */
  webhooks?: {
    /**
     * Where the instance delivers: the URL of `/api/events/http/bitbucketServer`. The
     * account of the credential, and its token, have to have the permission "Project
     * admin". Requires `events.modules.bitbucketServer.webhookSecret`.
     *
     * Default: none; no webhook is installed.
     *
     * @visibility backend
     */
    url: string;
  };

  /**
   * Checks catalog files in pull requests, and posts the result to them. Requires
   * `events.modules.bitbucketServer.webhookSecret` and webhooks with the events
   * `pr:opened`, `pr:from_ref_updated`, `pr:modified`, `pr:merged`, `pr:declined` and
   * `pr:deleted`, which `webhooks.url` installs.
   *
   * Default: none; pull requests are not checked. `{}` is enough.
   */
  pullRequests?: PullRequests;

  /**
   * Accepted, since the stock module has it, and without effect: a Location is emitted
   * for a file that exists.
   *
   * @visibility backend
   */
  validateLocationsExist?: boolean;
}

/** What the providers of both products have. */
interface CommonProvider {
  /**
   * The path of the catalog files, or a list of paths. `/catalog-info.yaml` is
   * the file at the root only, `catalog-info.yaml` the file in any folder; `*`
   * matches any part of one name, `**` any folders, `{yaml,yml}` either
   * alternative. Other glob syntax is refused.
   *
   * Default: `/catalog-info.yaml`, which costs one request per repository;
   * wildcards cost listings.
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
   * no effect if `branch` is not set.
   *
   * Default: `false`.
   *
   * @visibility backend
   */
  fallbackToDefaultBranch?: boolean;

  /** How much may be removed at once. */
  removals?: {
    /**
     * The percentage of the provider's Locations that may be removed between two
     * full lists, 0 to 100. A removal of more than that, and of more than ten
     * Locations, is held until it is approved: a credential that loses access gets
     * a shorter list of repositories, without an error. If the list is empty, all
     * Locations are kept, whatever the percentage.
     *
     * Default: 20.
     *
     * @visibility backend
     */
    maxPercentage?: number;
  };

  /**
   * When to walk the workspace or the instance, as in Backstage's task schedules.
   *
   * Default: a `frequency` of 2 minutes, and a `timeout` of 10 minutes, after which the next walk
   * continues.
   */
  schedule?: Partial<SchedulerServiceTaskScheduleDefinitionConfig>;
}

/** How pull requests are checked. */
interface PullRequests {
  /**
   * When a build status is posted: `failures` posts one when a check fails, and when
   * the same commit is checked again and passes.
   *
   * Default: `failures`.
   *
   * @visibility backend
   */
  buildStatus?: 'off' | 'failures' | 'always';
  /**
   * Whether there is a comment with the findings, which is kept up to date. On Bitbucket
   * Cloud it needs the scope `write:pullrequest:bitbucket`, or `pullrequest:write`.
   *
   * Default: false.
   *
   * @visibility backend
   */
  comment?: boolean;
  /**
   * What counts as a finding if a file refers to an entity that neither the catalog nor
   * the pull request has.
   *
   * Default: `warning`.
   *
   * @visibility backend
   */
  references?: 'error' | 'warning' | 'off';
  /**
   * What it counts as if the catalog already has an entity from another location, or
   * if two documents of the pull request define the same entity.
   *
   * Default: `error`.
   *
   * @visibility backend
   */
  conflicts?: 'error' | 'warning';
  /**
   * Whether there is a warning if merging removes entities.
   *
   * Default: `warning`.
   *
   * @visibility backend
   */
  removals?: 'warning' | 'off';
  /**
   * Whether draft pull requests are checked. They get a comment when they are ready.
   *
   * Default: true.
   *
   * @visibility backend
   */
  drafts?: boolean;
  /**
   * Whether pull requests from forks are checked. They never get a build status.
   *
   * Default: false.
   *
   * @visibility backend
   */
  forks?: boolean;
  /**
   * Whether what is posted links to the page of the run, or the public base URL of
   * the backend for that link.
   *
   * Default: true, which uses `backend.baseUrl`.
   *
   * @visibility backend
   */
  link?: boolean | string;
  /**
   * How long the runs of a pull request are kept after the last one, and all of it after
   * it was merged or declined. While it is open, its page with the newest run is kept up
   * to 12 times as long.
   *
   * Default: 30 days.
   *
   * @visibility backend
   */
  retention?: Duration;
  /**
   * The most requests an hour that pull requests may use. It has no effect on Bitbucket
   * Data Center, which has no hourly limit: the log warns about it.
   *
   * Default: 100.
   *
   * @visibility backend
   */
  requestsPerHour?: number;
}

/** As in Backstage's task schedules: `2 minutes`, `PT2M` or `{ minutes: 2 }`. */
type Duration = SchedulerServiceTaskScheduleDefinitionConfig['timeout'];

/** Regular expressions. */
interface RepositoryPatterns {
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
