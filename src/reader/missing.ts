/*
 * What is missing, in the words that errors begin with.
 */

export function noRepository(fullName: string): string {
  return `There is no repository ${fullName}`;
}

export function noRef(fullName: string, ref: string): string {
  return `${fullName} has no branch, tag or commit ${ref}`;
}

export function noFile(fullName: string, ref: string, path: string): string {
  return `There is no file ${path} on ${ref} in ${fullName}`;
}
