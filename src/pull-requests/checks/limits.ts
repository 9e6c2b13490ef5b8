/**
 * What a pull request can cost. Anyone who may push can open one, so what is checked of
 * it is bounded in time and memory. What exceeds a limit is reported as not checked.
 */
export const LIMITS = {
  /**
   * Bytes of a file. A parser takes about a second for a mebibyte, during which the
   * backend does nothing else; catalog files have a few kibibytes.
   */
  fileBytes: 1024 * 1024,
  /** Lexical tokens of a file. A thousand entities of ten lines have 70,000. */
  tokens: 100_000,
  /** Levels of nesting. The parser takes exponential time for some that are deeper. */
  depth: 64,
  /** Keys of a map. The parser compares each with all others. */
  keys: 1_000,
  /** Errors and stray tokens in a row, for which the parser takes quadratic time. */
  strayTokens: 200,
  /** Aliases of a file, each of which can stand for a large part of it. */
  aliases: 1_000,
  /** Documents of a file. */
  documents: 1_000,
  /** Characters of an entity, its aliases expanded. */
  entityLength: 2 * 1024 * 1024,
  /** Characters of a kind, a namespace or a name. The catalog's own limit is 63. */
  nameLength: 253,
  /** Characters of the keys that lead to a field. */
  pathLength: 2_048,
  /** Entities that a plan names. */
  plan: 1_000,
  /** Steps of all files that a page shows. */
  steps: 1_000,
  /** Milliseconds that the catalog may take for one entity. */
  probeMs: 60_000,
  /** Files of a pull request, with the targets of its Locations. */
  files: 100,
  /** Files that are read for a pull request at all, each of which can be a request. */
  reads: 200,
  /** Bytes of all these files together, of which catalog files are parsed twice. */
  readBytes: 8 * 1024 * 1024,
  /** Targets of all Locations of a pull request. */
  targets: 200,
  /** Targets with wildcards, each of which takes a listing. */
  patterns: 5,
  /** Files that these find, together. */
  matches: 25,
  /** Entities of a pull request that the catalog is asked about, at 3 to 8 ms each. */
  entities: 500,
  /** Bytes of a request to the catalog, which refuses more than 100 KiB. */
  requestBytes: 99 * 1024,
  /** Placeholders of an entity. */
  placeholders: 50,
  /** Files that an API description refers to. */
  apiFiles: 50,
  /** References of a pull request that are looked up. */
  references: 5_000,
  /** References that do not exist for which a similar name is searched. */
  suggestions: 100,
  /** Names that are compared with one that does not exist. */
  candidates: 5_000,
  /** Fields that are named of an entity that changes. */
  fields: 20,
  /** Removed entities of a file that have a finding of their own. */
  removals: 20,
  /** Levels of Locations that refer to others. */
  locationDepth: 5,
  /** Findings of a pull request. Few people read more, and a host shows fewer. */
  findings: 1_000,
} as const;
