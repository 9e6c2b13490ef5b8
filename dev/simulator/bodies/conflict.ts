import type { FileConflict } from '../world';

/** The first is from an example in Atlassian's description. */
const MESSAGES: Record<FileConflict['scenario'], string> = {
  content: 'File modified in both source and destination',
  delete_modify: 'File deleted in source and modified in destination',
  modify_delete: 'File modified in source and deleted in destination',
};

export const conflictBody = ({ path, scenario }: FileConflict) => ({
  type: 'file_conflict',
  path,
  scenario,
  message: MESSAGES[scenario],
});
