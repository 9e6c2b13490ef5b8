import { Router } from 'express';
import { tarball } from '../../tarball';
import { isDirectory } from '../../world';
import type { DataCenterContext } from '../context';
import { badRequest, unknownPath } from '../errors';
import { commitAt, repositoryOf } from '../lookup';
import { parameter, parameters } from '../paging';

const GZIPPED = ['tgz', 'tar.gz'];

export function archiveRoutes(context: DataCenterContext): Router {
  const router = Router();

  router.get(
    '/projects/:project/repos/:repository/archive',
    (req, res, next) => {
      const repository = repositoryOf(context, req, res);
      const commit = commitAt(repository, req);
      const format = parameter(req, 'format') ?? 'zip';
      const gzip = GZIPPED.includes(format);
      // Bitbucket makes a zip where nothing else is asked for.
      if (!gzip && format !== 'tar') {
        throw badRequest(`The simulator makes no ${format}`, 'format');
      }
      const paths = parameters(req, 'path').map(path =>
        path.replace(/^\/+|\/+$/g, ''),
      );
      const missing = paths.find(
        path => !commit.tree.has(path) && !isDirectory(commit.tree, path),
      );
      if (missing !== undefined) {
        throw unknownPath(missing, parameter(req, 'at') ?? commit.hash);
      }
      const holds = (path: string) =>
        paths.length === 0 ||
        paths.some(
          wanted =>
            wanted === '' || path === wanted || path.startsWith(`${wanted}/`),
        );
      const prefix = prefixOf(parameter(req, 'prefix'));
      tarball(commit, { prefix, holds, gzip }).then(
        bytes =>
          res
            .type('application/octet-stream')
            .attachment(
              parameter(req, 'filename') ?? `${repository.slug}.${format}`,
            )
            .send(bytes),
        next,
      );
    },
  );

  return router;
}

const prefixOf = (prefix = '') =>
  prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
