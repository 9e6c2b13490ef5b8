/** What editors and systems put beside a file while it is open or being saved. */
const SCRATCH_NAMES = [
  /~$/, // Vim, Emacs and many others: a copy from before
  /^\.?#/, // Emacs: locks, and what is not saved yet
  /\.sw[a-z]$/, // Vim: what is not saved yet
  /^4913$/, // Vim: whether the folder can be written to
  /___jb_(tmp|old)___$/, // JetBrains
  /^\.goutputstream-/, // GNOME
  /\.tmp$/,
  /^\.DS_Store$/,
  /^Thumbs\.db$/,
];

/** Folders that no commit ever holds. */
const SCRATCH_FOLDERS = ['.git', 'node_modules'];

/**
 * Whether a file is there for an editor's or a system's own sake, and would
 * not be pushed.
 *
 * @param path - with slashes
 */
export function isScratch(path: string): boolean {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  return (
    SCRATCH_NAMES.some(pattern => pattern.test(name)) ||
    folders.some(folder => SCRATCH_FOLDERS.includes(folder))
  );
}
