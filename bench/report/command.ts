/** What the figures were got with, as it was written on the command line. */
export function describeCommand(): string {
  const options = process.argv.slice(2);
  const written = options.length > 0 ? ['--', ...options] : [];
  return ['npm run bench', ...written].join(' ');
}
