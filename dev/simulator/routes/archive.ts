import { Router } from 'express';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { SimulatorContext } from '../context';
import { repositoryOf, resolveRevision } from '../lookup';
import type { Commit } from '../world';

export function archiveRoutes(context: SimulatorContext): Router {
  const router = Router();

  // A revision may hold slashes.
  router.get(
    '/:workspace/:repository/get/:revision(*).tar.gz',
    (req, res, next) => {
      const repository = repositoryOf(context, req, res);
      const commit = resolveRevision(repository, req.params.revision);
      const folder = `${repository.fullName.replace('/', '-')}-${commit.hash.slice(0, 12)}`;
      archive(commit, folder).then(
        bytes =>
          res
            .type('application/x-gzip')
            .attachment(`${folder}.tar.gz`)
            .send(bytes),
        next,
      );
    },
  );

  return router;
}

/** A gzipped tar with everything in one top-level folder. */
async function archive(commit: Commit, folder: string): Promise<Buffer> {
  const tar = pack();
  for (const [path, { content, attributes }] of commit.tree) {
    const header = { name: `${folder}/${path}`, mtime: new Date(commit.date) };
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
  return buffer(tar.pipe(createGzip()));
}
