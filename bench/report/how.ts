/** How each figure comes about, as a list in Markdown. */
export const HOW = `- The workspace is generated; four in five repositories have a catalog file in their root, with one component in it.
  A simulator in another process than the backend plays Bitbucket Cloud and counts requests. It answers at once, except
  where the table says otherwise: with Bitbucket's own latency, whatever asks more takes longer.
- The backend is a process of its own with the catalog and one module, SQLite in a file, and default settings, except for
  this module's \`requestsPerHour\` of 100,000 where the simulator sets no limit. The stock module, which has no default
  schedule, has that of Backstage's documentation: every 30 minutes.
- First fill: on an empty database, from the start of the backend, its code loaded, until every component is to be seen.
  Where both modules are measured, they fill catalogs in turn, three each, and three more with answers that come late;
  the fill that took neither the least nor the most time is shown. CPU seconds are those of answers at once.
- A changed file: a new description is pushed, up to twenty times, each in another repository. This module: from the
  first request of the walk that notices it until the entity shows it, the median; requests are all of that time. Stock
  module: from the push, with shortened re-reads, times the factor of that, since only a re-read shows it. With a
  stitching interval: with \`catalog.stitchingStrategy.pollingInterval\`, which is a second by default.
- A push, with a webhook: the events backend takes signed deliveries, and twenty descriptions are pushed one after the
  other, each in another repository; the time runs from the push until the entity shows it, the median. Requests are on
  average, without those of walks, which go on as they do. On PostgreSQL: on a local server that does not wait for its
  disk. The catalog by itself looks for work once a second; pauses between changes differ, and re-reads are spread as in a
  catalog that has run for a while, so that changes meet it at any time.
- Pull requests: a hundred are opened at the same moment, each with a change to the catalog file of another repository, and
  every other one with a mistake in it; the branches were pushed before. The events backend takes signed deliveries, and
  the provider has \`pullRequests: {}\`, except for its \`requestsPerHour\` of 100,000. The time runs from the event that is
  delivered until the report is on the head of the pull request, the median. It includes the 2 s for which the module waits
  on purpose, since a push brings several deliveries at once. Four are checked at a time, and the others wait for their
  turn. Requests are on average, without those of walks: four where all is valid, and two more for the annotations and the
  build status of a mistake. CPU seconds are of all hundred together, with what the catalog does by itself meanwhile. The
  groups that own the components are in the catalog, since a reference to one that is missing would be annotated too.
- Restart: on the filled database with everything due, as after a break of some minutes, until a walk has run and the
  catalog has taken up every entity again.
- Idle hour: nothing changes for most of a minute, with shortened intervals; the arithmetic is above. The catalog counts
  in whole seconds, which makes shortened re-reads some hundredths more frequent than the arithmetic has it.
- At rest (with \`--rest-minutes\`): the filled catalog, in which nothing changes, with walks and re-reads as they come and
  spread as in a catalog that has run for a while; once with the catalog's own settings, and once with
  \`catalog.processingInterval: { minutes: 30 }\`.
- CPU seconds are user and system time of the backend's process. Peak memory is the most of it that was resident until
  five seconds after the last component was there; it depends much on when garbage is collected. Memory held at rest is
  what is left on the heap, and in buffers, after a collection.
- The catalog without a module gets, on an empty database, as many components and Locations from a provider that has
  them at hand.
- Growth of the database: size of the SQLite file after the first fill, less that of a catalog that nothing fills.`;

/** The same with Bitbucket Data Center. */
export const HOW_DATA_CENTER = `- The instance is generated, as for [Bitbucket Cloud](results.md): four in five repositories have a catalog file in their
  root, with one component in it. A simulator in another process than the backend plays Bitbucket Data Center and counts
  requests; it has no rate limit and answers at once, except where the table says otherwise. It has no hashes of the
  mirror API, by which an instance may say which repositories were pushed to.
- The backend is a process of its own with the catalog and one module, SQLite in a file, and default settings. The stock
  module, which has no default schedule, has that of Backstage's documentation: every 30 minutes.
- First fill, restart, a push with a webhook, memory and growth of the database are measured as for
  [Bitbucket Cloud](results.md#how-the-figures-were-got). Both modules fill catalogs in turn, so that what else the machine
  does affects both. One request of this module's first fill is for the message about access, at the start.
- Idle hour of this module: nothing changes, and everything runs faster by the factor above: the clock by which lists and
  heads become due, walks, the pace of requests, and the catalog's re-reads. Heads are spread evenly over the age that they
  may have, as in an instance that has been followed for a while; all that is due in the time is requested, and counted.
- Idle hour of the stock module: as for Bitbucket Cloud, with shortened re-reads. It emits a Location for each repository,
  with a catalog file or without, and the catalog reads all of them again and again.`;
