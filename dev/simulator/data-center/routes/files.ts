import express, { Request, Response, Router } from 'express';
import {
  Commit,
  history,
  isDirectory,
  listTree,
  SimulatedFile,
  SimulatedRepository,
  Tree,
} from '../../world';
import { nodeTypeOf, pathBody } from '../bodies/change';
import { commitBody } from '../bodies/commit';
import type { DataCenterContext } from '../context';
import { badRequest, unknownPath } from '../errors';
import { commitAt, repositoryOf } from '../lookup';
import { pageOf, parameter, readPage, sendPage } from '../paging';

/** A place in a repository that a request asks for. */
type Place = {
  repository: SimulatedRepository;
  commit: Commit;
  path: string;
  /** Undefined for a folder. */
  file?: SimulatedFile;
};

/** Files and folders. */
export function fileRoutes(context: DataCenterContext): Router {
  const router = Router();
  const base = '/projects/:project/repos/:repository';

  // Every path below a folder, from there on.
  router.get(`${base}/files/:path(*)?`, (req, res) => {
    const { commit, path } = folderOf(context, req, res);
    sendPage(req, res, {
      items: pathsBelow(context, commit.tree, path),
      toBody: found => found,
      max: context.limits.files,
    });
  });

  router.get(`${base}/browse/:path(*)?`, (req, res) => {
    const place = placeOf(context, req, res);
    // `type` is ignored beside `size`.
    if (parameter(req, 'size') === 'true' && place.file) {
      res.json({ size: place.file.content.length });
    } else if (parameter(req, 'type') === 'true') {
      res.json({ type: typeOf(place.file) });
    } else if (place.file) {
      sendLines(context, req, res, place.file);
    } else {
      sendFolder(context, req, res, place);
    }
  });

  // There is no ETag. A link is the path that it points to, what is in LFS its
  // pointer; both as git has it.
  router.get(`${base}/raw/:path(*)?`, (req, res) => {
    const { file, path } = placeOf(context, req, res);
    if (!file || nodeTypeOf(file) === 'SUBMODULE') {
      throw badRequest(`"${path}" is not a file`, 'path');
    }
    const isText = !file.attributes.includes('binary');
    const type = express.static.mime.lookup(path, 'text/plain');
    res.setHeader('Content-Type', isText ? 'text/plain; charset=UTF-8' : type);
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.send(file.content);
  });

  router.get(`${base}/last-modified/:path(*)?`, (req, res) => {
    if (parameter(req, 'at') === undefined) {
      throw badRequest('at is required', 'at');
    }
    const { commit, path } = folderOf(context, req, res);
    const files = listTree(commit.tree, path, 1).filter(({ file }) => file);
    const commits = files.map(
      entry =>
        [nameIn(path, entry.path), lastChange(commit, entry.path)] as const,
    );
    const changed = new Set(commits.map(([, change]) => change));
    const newest = history(commit).find(candidate => changed.has(candidate));
    res.json({
      latestCommit: commitBody(newest ?? commit),
      files: Object.fromEntries(
        commits.map(([name, change]) => [name, commitBody(change)]),
      ),
    });
  });

  return router;
}

/** @throws ApiError (404) where there is nothing */
function placeOf(
  context: DataCenterContext,
  req: Request,
  res: Response,
): Place {
  const repository = repositoryOf(context, req, res);
  const commit = commitAt(repository, req);
  const path = (req.params.path ?? '').replace(/^\/+|\/+$/g, '');
  const file = commit.tree.get(path);
  if (!file && !isDirectory(commit.tree, path)) {
    throw unknownPath(path, parameter(req, 'at') ?? commit.hash);
  }
  return { repository, commit, path, file };
}

/** @throws ApiError (400) for what is not a folder */
function folderOf(
  context: DataCenterContext,
  req: Request,
  res: Response,
): Place {
  const place = placeOf(context, req, res);
  if (place.file) {
    throw badRequest(`"${place.path}" is not a folder`, 'path');
  }
  return place;
}

const typeOf = (file: SimulatedFile | undefined) =>
  file ? nodeTypeOf(file) : 'DIRECTORY';

const nameIn = (folder: string, path: string) =>
  folder === '' ? path : path.slice(folder.length + 1);

function pathsBelow(
  { quirks }: DataCenterContext,
  tree: Tree,
  folder: string,
): string[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  return [...tree]
    .filter(
      ([path, file]) =>
        path.startsWith(prefix) &&
        (quirks.submodulesInFiles || nodeTypeOf(file) === 'FILE'),
    )
    .map(([path]) => nameIn(folder, path))
    .sort();
}

function sendLines(
  { limits }: DataCenterContext,
  req: Request,
  res: Response,
  file: SimulatedFile,
): void {
  if (file.attributes.includes('binary')) {
    res.json({ binary: true });
    return;
  }
  const lines = file.content.toString().replace(/\n$/, '').split('\n');
  const limit = parameter(req, 'limit') ? {} : { limit: limits.lines };
  const asked = { ...readPage(req, limits.lines), ...limit };
  const { values, ...page } = pageOf(lines, asked);
  res.json({ lines: values.map(text => ({ text })), ...page });
}

function sendFolder(
  context: DataCenterContext,
  req: Request,
  res: Response,
  { commit, path }: Place,
): void {
  const entries = listTree(commit.tree, path, 1);
  const asked = readPage(req, context.limits.others);
  const { values, ...page } = pageOf(entries, asked);
  res.json({
    path: pathBody(path),
    revision: parameter(req, 'at') ?? commit.hash,
    children: {
      ...page,
      values: values.map(({ path: child, file }) => ({
        path: pathBody(nameIn(path, child)),
        type: typeOf(file),
        ...(file ? { contentId: file.hash, size: file.content.length } : {}),
      })),
    },
  });
}

/** The newest commit that gave a file the content that it has. */
function lastChange(head: Commit, path: string): Commit {
  const hash = head.tree.get(path)?.hash;
  let commit = head;
  let before = commit.parents.find(
    parent => parent.tree.get(path)?.hash === hash,
  );
  while (before) {
    commit = before;
    before = commit.parents.find(
      parent => parent.tree.get(path)?.hash === hash,
    );
  }
  return commit;
}
