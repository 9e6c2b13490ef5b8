import { locationSpecToMetadataName } from '@backstage/plugin-catalog-node';
import { Knex } from 'knex';
import { ScmUrls } from '../scm/urls';

/**
 * The module's own table of the Locations that entity providers have emitted. It
 * is joined with the catalog's tables, so that they are compared in one statement.
 */
export const EMITTED = 'bitbucket__emitted';

/** A row of {@link EMITTED}. */
export type EmittedRow = {
  provider: string;
  entity_ref: string;
  uuid: string;
  target: string;
  path: string;
  content_hash: string | null;
  missing_since: number | null;
  tried_at: number | null;
};

/** A catalog file, and the URL under which the catalog has it. */
export type LocatedFile = {
  target: string;
  /** {@link LocatedFile.target}, decoded: the same for every spelling of the URL; see {@link placeOf}. */
  place: string;
  /** Of the repository, as in the URL. */
  fullName: string;
  /** Relative to the root of the repository, without a leading slash. */
  path: string;
  /** SHA-256 of its content, where that is known. */
  hash?: string;
};

/** A Location that an entity provider has emitted, or that the catalog has of it. */
export type EmittedLocation = LocatedFile & {
  entityRef: string;
  /** Of the repository; empty where it is unknown. */
  uuid: string;
  /** Whether the catalog's tables say that it has the Location from this provider. */
  isInCatalog: boolean;
  /** Whether this module has emitted it itself. */
  isRecorded: boolean;
  /** When the file was first not found. Milliseconds since the epoch. */
  missingSince?: number;
  /** When it was last tried to confirm that it is missing. */
  triedAt?: number;
};

/** The reference of the Location entity that the catalog makes of a URL. */
export function locationRefOf({ target }: Pick<LocatedFile, 'target'>): string {
  return `location:default/${locationSpecToMetadataName({ type: 'url', target })}`;
}

/**
 * Distinguishes a file of a branch from all others, however their URLs are written.
 * Hosts take the names of repositories in any case, and the URL of a personal project
 * has its key, `~JANE`, in lower case.
 */
export function placeOf(fullName: string, ref: string, path: string): string {
  return `${fullName.toLowerCase()}/${ref}/${path}`;
}

/** What the catalog has; undefined for a target that is not the URL of a file. */
export function fromTarget(
  urls: ScmUrls,
  target: string,
): LocatedFile | undefined {
  try {
    const { fullName, segments, at } = urls.parse(target);
    const [ref, ...names] = at === undefined ? segments : [at, ...segments];
    const path = names.join('/');
    return { target, place: placeOf(fullName, ref, path), fullName, path };
  } catch {
    return undefined;
  }
}

/** @param isInCatalog - what the catalog's tables say */
export function fromEmittedRow(
  urls: ScmUrls,
  row: EmittedRow,
  isInCatalog: boolean,
): EmittedLocation | undefined {
  const located = fromTarget(urls, row.target);
  return (
    located && {
      ...located,
      path: row.path,
      hash: row.content_hash ?? undefined,
      entityRef: row.entity_ref,
      uuid: row.uuid,
      isInCatalog,
      isRecorded: true,
      missingSince: row.missing_since ?? undefined,
      triedAt: row.tried_at ?? undefined,
    }
  );
}

/** The targets of a repository that any provider has emitted. */
export async function readEmittedTargets(
  knex: Knex,
  uuid: string,
): Promise<Set<string>> {
  const rows = await knex<EmittedRow>(EMITTED).where({ uuid }).select('target');
  return new Set(rows.map(({ target }) => target));
}
