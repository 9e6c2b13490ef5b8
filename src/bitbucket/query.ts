/**
 * A text as a string of Bitbucket's query language.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
