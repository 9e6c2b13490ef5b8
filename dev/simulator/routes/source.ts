import express, { Request, Response, Router } from 'express';
import { encodePath, treeEntryBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { badRequest, unknownCommit, unknownPath, unknownUrl } from '../errors';
import { selectFields } from '../fields';
import { filterAndSort, parameter, sendPage } from '../lists';
import { commitOf, CommitPlace, repositoryOf } from '../lookup';
import type { Fields } from '../query';
import {
  isDirectory,
  listTree,
  SimulatedFile,
  TreeEntry,
  uuid,
} from '../world';

const FIELDS: Fields<TreeEntry> = {
  path: { type: 'string', get: ({ path }) => path },
  type: {
    type: 'string',
    get: ({ file }) => (file ? 'commit_file' : 'commit_directory'),
  },
  size: { type: 'number', get: ({ file }) => file?.content.length ?? null },
  attributes: { type: 'string', get: ({ file }) => file?.attributes ?? [] },
};

/** A place in a repository that a request asks for. */
type Place = CommitPlace & { path: string };

/** @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/ */
export function sourceRoutes(context: SimulatorContext): Router {
  const router = Router({ strict: true });
  const source = '/repositories/:workspace/:repository/src';

  router.get([source, `${source}/`], (req, res) => {
    const repository = repositoryOf(context, req, res);
    const { head } = repository;
    if (!head) {
      throw unknownCommit(repository.mainBranch ?? 'HEAD');
    }
    const root = `${context.apiBaseUrl}/repositories/${encodePath(repository.fullName)}/src/${head.hash}/`;
    res.redirect(`${root}${new URL(req.originalUrl, context.origin).search}`);
  });

  router.get(`${source}/:commit`, () => {
    throw unknownUrl();
  });

  router.get(`${source}/:commit/:path(*)`, (req, res) => {
    const place = placeOf(context, req, res);
    const file = place.commit.tree.get(place.path);
    if (!file && !isDirectory(place.commit.tree, directoryOf(place.path))) {
      throw unknownPath(place.path);
    }
    if (parameter(req, 'format') === 'meta') {
      sendMeta(context, req, res, place, file);
    } else if (file) {
      sendFile(context, req, res, place.path, file);
    } else {
      sendListing(context, req, res, place);
    }
  });

  return router;
}

function placeOf(
  context: SimulatorContext,
  req: Request,
  res: Response,
): Place {
  const place = commitOf(context, req, res);
  const { commit: revision, path } = req.params;
  // A branch whose name holds a slash is not found, encoded or not.
  if (revision.includes('/')) {
    throw unknownCommit(revision);
  }
  return { ...place, path };
}

const directoryOf = (path: string) => path.replace(/\/$/, '');

function sendMeta(
  context: SimulatorContext,
  req: Request,
  res: Response,
  { repository, commit, path }: Place,
  file: SimulatedFile | undefined,
): void {
  const entry = { path: directoryOf(path), file };
  const body = treeEntryBody(context, repository, commit, entry);
  res.json(selectFields(body, parameter(req, 'fields')));
}

function sendListing(
  context: SimulatorContext,
  req: Request,
  res: Response,
  { repository, commit, path }: Place,
): void {
  const depth = Number(parameter(req, 'max_depth') ?? 1);
  if (!Number.isInteger(depth) || depth < 1) {
    throw badRequest('Invalid max_depth');
  }
  const entries = listTree(commit.tree, directoryOf(path), depth);
  sendPage(context, req, res, {
    items: filterAndSort(req, entries, FIELDS),
    toBody: entry => treeEntryBody(context, repository, commit, entry),
    opaque: true,
  });
}

function sendFile(
  context: SimulatorContext,
  req: Request,
  res: Response,
  path: string,
  file: SimulatedFile,
): void {
  if (file.attributes.includes('lfs')) {
    const media = encodeURIComponent(uuid('media', file.hash).slice(1, -1));
    res.redirect(301, `${context.mediaBaseUrl}/file/${media}/binary`);
    return;
  }
  const etag = `"${file.hash}"`;
  res.setHeader('ETag', etag);
  if (etagsIn(req.header('If-None-Match')).includes(etag)) {
    res.status(304).end();
    return;
  }
  // From the extension alone, and without a character set.
  res.setHeader('Content-Type', express.static.mime.lookup(path, 'text/plain'));
  res.setHeader('Content-Disposition', 'attachment');
  res.send(file.content);
}

const etagsIn = (header = '') =>
  header.split(',').map(etag => etag.trim().replace(/^W\//, ''));
