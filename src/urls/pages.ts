/** A page of bitbucket.org without source to read, and what to do about it. */
export type Page = {
  /** To follow "… is". */
  what: string;
  /** What to write, before the URL. */
  instead: string;
  /** Workspace and repository, as far as they are known. */
  place: [workspace?: string, repository?: string];
};

/** Whether it is the page of a snippet, which is outside of repositories. */
export function isSnippet(parts: string[]): boolean {
  return parts[0] === 'snippets';
}

/**
 * What people take for the URL of a file: projects, snippets, downloads.
 *
 * @param parts - the path of the URL, decoded
 */
export function describePage(parts: string[]): Page | undefined {
  if (isSnippet(parts)) {
    return snippet(parts[1]);
  }
  const [workspace, name, view, ...rest] = parts;
  if (name === 'workspace') {
    switch (view) {
      case 'projects':
        return project(workspace, rest[0]);
      case 'snippets':
        return snippet(workspace);
      default:
        return undefined;
    }
  }
  // An older page of a project: /account/user/{workspace}/projects/{key}.
  if (workspace === 'account' && rest[0] === 'projects') {
    return project(view, rest[1]);
  }
  return view === 'downloads' ? download(workspace, name, rest) : undefined;
}

function project(workspace?: string, key?: string): Page {
  return key
    ? {
        what: `the project ${key}, which holds repositories and no files`,
        instead: 'Use the URL of a file in one of its repositories',
        place: [workspace],
      }
    : {
        what: 'the list of projects, which hold repositories and no files',
        instead: 'Use the URL of a file in a repository',
        place: [workspace],
      };
}

function snippet(workspace?: string): Page {
  return {
    what: 'a snippet, and snippets are not read',
    instead: 'Commit the file to a repository, and use its URL there',
    place: [workspace],
  };
}

function download(
  workspace: string,
  repository: string,
  [file]: string[],
): Page {
  return {
    what: `${file ? 'a download' : 'the list of downloads'} of ${workspace}/${repository}, and downloads are not read`,
    instead: 'Commit the file to the repository, and use its URL there',
    place: [workspace, repository],
  };
}
