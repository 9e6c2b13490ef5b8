import { Router } from 'express';
import { repositoryBody, treeEntryBody } from '../bodies';
import { SimulatorContext, viewerOf } from '../context';
import { badRequest, retiredCodeSearch } from '../errors';
import { parameter, sendPage } from '../lists';
import { workspaceOf } from '../lookup';
import type { Commit, SimulatedFile, SimulatedRepository } from '../world';

/** There are no results beyond these. */
const MAX_RESULTS = 1_000;

type Match = {
  repository: SimulatedRepository;
  commit: Commit;
  path: string;
  file: SimulatedFile;
};

/**
 * Code search as it was until November 2026: words and quoted phrases, with the
 * modifiers `path:`, `project:` and `repo:`, over main branches.
 *
 * @see https://support.atlassian.com/bitbucket-cloud/docs/search-in-bitbucket-cloud/
 */
export function codeSearchRoutes(context: SimulatorContext): Router {
  const router = Router();

  router.get('/workspaces/:workspace/search/code', (req, res) => {
    if (!context.codeSearch) {
      throw retiredCodeSearch();
    }
    const text = parameter(req, 'search_query');
    if (text === undefined) {
      throw badRequest('search_query is required');
    }
    const query = parse(text);
    const workspace = workspaceOf(context, req, res);
    sendPage(context, req, res, {
      items: search(workspace.repositories.filter(viewerOf(res).sees), query),
      toBody: match => matchBody(context, match, query.terms),
      hidden: ['file.commit'],
    });
  });

  return router;
}

type SearchQuery = {
  terms: string[];
  path?: string;
  project?: string;
  repo?: string;
};

function parse(text: string): SearchQuery {
  const query: SearchQuery = { terms: [] };
  for (const word of text.match(/"[^"]*"|\S+/g) ?? []) {
    const [, modifier, value] = /^(path|project|repo):(.+)$/.exec(word) ?? [];
    switch (modifier) {
      case 'path':
      case 'project':
      case 'repo':
        query[modifier] = value;
        break;
      default:
        query.terms.push(word.replaceAll('"', ''));
    }
  }
  return query;
}

function search(
  repositories: SimulatedRepository[],
  query: SearchQuery,
): Match[] {
  const matches: Match[] = [];
  for (const repository of repositories) {
    const { head, project, slug } = repository;
    const asked =
      (query.project ?? project.key) === project.key &&
      (query.repo ?? slug) === slug;
    for (const [path, file] of (asked && head?.tree) || []) {
      if (
        head &&
        isBelow(path, query.path) &&
        query.terms.every(
          term => path.includes(term) || file.content.includes(term),
        )
      ) {
        matches.push({ repository, commit: head, path, file });
      }
    }
  }
  return matches.slice(0, MAX_RESULTS);
}

/** A leading slash ties `path:` to the root; else it may begin at any folder. */
function isBelow(path: string, filter = ''): boolean {
  return filter.startsWith('/')
    ? `/${path}`.startsWith(filter)
    : `/${path}`.includes(`/${filter}`);
}

function matchBody(context: SimulatorContext, match: Match, terms: string[]) {
  const { repository, commit, path, file } = match;
  const entry = treeEntryBody(context, repository, commit, { path, file });
  return {
    type: 'code_search_result',
    content_match_count: 0,
    content_matches: [],
    path_matches: pathMatches(path, terms),
    file: {
      type: entry.type,
      path,
      links: entry.links,
      commit: {
        ...entry.commit,
        repository: repositoryBody(context, repository),
      },
    },
  };
}

/** The path in pieces, of which one is what was searched for; or nothing. */
function pathMatches(path: string, terms: string[]) {
  const term = terms.find(candidate => path.includes(candidate));
  if (!term) {
    return [];
  }
  const [before] = path.split(term);
  const after = path.slice(before.length + term.length);
  return [
    { text: before },
    { text: term, match: true },
    { text: after },
  ].filter(({ text }) => text !== '');
}
