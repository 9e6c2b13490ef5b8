import { Router } from 'express';
import { branchBody, refBody, tagBody } from '../bodies/refs';
import type { DataCenterContext } from '../context';
import { notFound } from '../errors';
import { repositoryOf } from '../lookup';
import { parameter, sendPage } from '../paging';

/** The default branch where none was chosen. */
const CONFIGURED = 'main';

/** Branches and tags. */
export function refRoutes(context: DataCenterContext): Router {
  const router = Router();
  const base = '/projects/:project/repos/:repository';

  // The one that is configured, whether it is there or not.
  router.get(`${base}/default-branch`, (req, res) => {
    const { mainBranch = CONFIGURED } = repositoryOf(context, req, res);
    res.json(refBody('BRANCH', mainBranch));
  });

  router.get(`${base}/branches/default`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const { branches, mainBranch = CONFIGURED, head } = repository;
    if (branches.size === 0) {
      res.status(204).end();
      return;
    }
    if (!head) {
      throw notFound(`The default branch ${mainBranch} does not exist.`);
    }
    res.json(branchBody(repository, mainBranch, head));
  });

  router.get(`${base}/branches`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const part = parameter(req, 'filterText')?.toLowerCase() ?? '';
    const newestFirst = parameter(req, 'orderBy') === 'MODIFICATION';
    const branches = [...repository.branches].filter(([name]) =>
      name.toLowerCase().includes(part),
    );
    sendPage(req, res, {
      items: branches.sort(([a, one], [b, other]) =>
        newestFirst ? other.date - one.date : a.localeCompare(b),
      ),
      toBody: ([name, commit]) => branchBody(repository, name, commit),
      max: context.limits.branches,
    });
  });

  router.get(`${base}/tags`, (req, res) => {
    const { tags } = repositoryOf(context, req, res);
    const part = parameter(req, 'filterText')?.toLowerCase() ?? '';
    sendPage(req, res, {
      items: [...tags]
        .filter(([name]) => name.toLowerCase().includes(part))
        .sort(([a], [b]) => a.localeCompare(b)),
      toBody: ([name, commit]) => tagBody(name, commit),
      max: context.limits.branches,
    });
  });

  // A name may hold slashes.
  router.get(`${base}/tags/:name(*)`, (req, res) => {
    const { tags } = repositoryOf(context, req, res);
    const name = req.params.name.replace(/^refs\/tags\//, '');
    const commit = tags.get(name);
    if (!commit) {
      throw notFound();
    }
    res.json(tagBody(name, commit));
  });

  return router;
}
