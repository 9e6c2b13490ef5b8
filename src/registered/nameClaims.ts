/** A full name that something is registered under, after a delivery about a repository. */
export type NameClaim = {
  /** Of the repository that the delivery is about. */
  uuid: string;
  /** Whether Bitbucket has a repository with that uuid. */
  exists: boolean;
  /** Whether Bitbucket has said before that the name is the repository's. */
  isRecorded: boolean;
  /** The uuid that Bitbucket has under the name now; undefined where there is none. */
  holder: string | undefined;
};

/**
 * Whether what is registered under a name may be refreshed, moved or unregistered
 * with the repository. A delivery may be forged, or so late that another
 * repository has the name by now, so that it proves neither that the repository
 * had the name nor that the name is free.
 */
export function isClaimed({
  uuid,
  exists,
  isRecorded,
  holder,
}: NameClaim): boolean {
  return holder === undefined ? isRecorded : exists && holder === uuid;
}
