import { isClaimed } from './RegisteredLocations';

/** The repository that a delivery is about, and another one. */
const OWN = '{own}';
const OTHER = '{other}';

describe('isClaimed', () => {
  it.each([
    // Renamed or transferred, and the name is free.
    { exists: true, isRecorded: true, holder: undefined, claimed: true },
    // The same, and Bitbucket still leads from the old name to the new one.
    { exists: true, isRecorded: true, holder: OWN, claimed: true },
    // The name was given to a repository that was not requested yet.
    { exists: true, isRecorded: false, holder: OWN, claimed: true },
    // Deleted.
    { exists: false, isRecorded: true, holder: undefined, claimed: true },
    // The name was reused, or the repository made again.
    { exists: true, isRecorded: true, holder: OTHER, claimed: false },
    { exists: false, isRecorded: true, holder: OTHER, claimed: false },
    // Forged: the repository never had the name, as far as Bitbucket said.
    { exists: true, isRecorded: false, holder: OTHER, claimed: false },
    { exists: true, isRecorded: false, holder: undefined, claimed: false },
    { exists: false, isRecorded: false, holder: undefined, claimed: false },
    // Bitbucket contradicts itself.
    { exists: false, isRecorded: true, holder: OWN, claimed: false },
  ])(
    'gives $claimed where the repository exists: $exists, the name is recorded as its own: $isRecorded, and held by $holder',
    ({ claimed, ...claim }) => {
      expect(isClaimed({ uuid: OWN, ...claim })).toBe(claimed);
    },
  );
});
