import { Router } from 'express';
import type { SimulatorContext } from '../context';
import { repositoryOf, resolveRevision } from '../lookup';
import { tarball } from '../tarball';

export function archiveRoutes(context: SimulatorContext): Router {
  const router = Router();

  // A revision may hold slashes.
  router.get(
    '/:workspace/:repository/get/:revision(*).tar.gz',
    (req, res, next) => {
      const repository = repositoryOf(context, req, res);
      const commit = resolveRevision(repository, req.params.revision);
      const folder = `${repository.fullName.replace('/', '-')}-${commit.hash.slice(0, 12)}`;
      tarball(commit, { prefix: `${folder}/` }).then(
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
