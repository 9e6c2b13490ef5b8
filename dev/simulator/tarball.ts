import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Commit } from './world';

/**
 * A tar of a commit's files.
 *
 * @param options - `prefix` stands before every path; `holds` picks paths;
 * `gzip` is true by default
 */
export async function tarball(
  commit: Commit,
  options: {
    prefix: string;
    holds?: (path: string) => boolean;
    gzip?: boolean;
  },
): Promise<Buffer> {
  const { prefix, holds = () => true, gzip = true } = options;
  const tar = pack();
  for (const [path, { content, attributes }] of commit.tree) {
    if (!holds(path)) {
      continue;
    }
    const header = { name: `${prefix}${path}`, mtime: new Date(commit.date) };
    if (attributes.includes('link')) {
      tar.entry({
        ...header,
        type: 'symlink',
        linkname: content.toString(),
      });
    } else if (attributes.includes('subrepository')) {
      tar.entry({ ...header, type: 'directory' });
    } else {
      const mode = attributes.includes('executable') ? 0o755 : 0o644;
      tar.entry({ ...header, mode }, content);
    }
  }
  tar.finalize();
  return buffer(gzip ? tar.pipe(createGzip()) : tar);
}
