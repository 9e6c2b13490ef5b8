import { Response, Router } from 'express';
import { sha1, SimulatedRepository } from '../../world';
import { repositoryBody } from '../bodies/repository';
import { DataCenterContext, viewerOf } from '../context';
import {
  authenticationRequired,
  mirroringUnavailable,
  notFound,
} from '../errors';
import { parameter, sendPage } from '../paging';

/**
 * What mirrors ask for. Which permission it takes is not documented: here, a
 * repository is in the lists of those who may read it.
 */
export function mirroringRoutes(context: DataCenterContext): Router {
  const router = Router();
  const { instance, limits } = context;

  const requireMirroring = (res: Response) => {
    if (viewerOf(res).isAnonymous) {
      throw authenticationRequired();
    }
    if (!context.mirrorHashes) {
      throw mirroringUnavailable();
    }
  };
  const isVisible = (res: Response) => (repository: SimulatedRepository) =>
    viewerOf(res).repositoryLevel(repository) !== undefined;

  router.get('/repos', (req, res) => {
    requireMirroring(res);
    const withBranch = parameter(req, 'includeDefaultBranch') === 'true';
    sendPage(req, res, {
      items: instance.repositories,
      isVisible: isVisible(res),
      toBody: repository => enrichedBody(context, repository, withBranch),
      max: limits.repositories,
    });
  });

  router.get('/projects/:id/repos', (req, res) => {
    requireMirroring(res);
    const { id } = req.params;
    const project = instance.projects.find(
      candidate => String(instance.projectIdOf(candidate)) === id,
    );
    if (!project) {
      throw notFound();
    }
    const withBranch = parameter(req, 'includeDefaultBranch') === 'true';
    sendPage(req, res, {
      items: project.repositories,
      isVisible: isVisible(res),
      toBody: repository => enrichedBody(context, repository, withBranch),
      max: limits.repositories,
    });
  });

  return router;
}

/** The hashes stay the same as long as nothing changes: refs, and all the rest. */
function enrichedBody(
  context: DataCenterContext,
  repository: SimulatedRepository,
  withBranch: boolean,
) {
  const { branches, tags, mainBranch } = repository;
  const refs = [branches, tags].map(of =>
    [...of].map(([name, { hash }]) => `${name} ${hash}`).sort(),
  );
  const body = repositoryBody(context, repository);
  return {
    ...body,
    properties: {
      contentHash: sha1('content', JSON.stringify(refs)),
      metadataHash: sha1('metadata', JSON.stringify([body, mainBranch])),
      ...(withBranch && mainBranch !== undefined
        ? { defaultBranchId: `refs/heads/${mainBranch}` }
        : {}),
    },
  };
}
