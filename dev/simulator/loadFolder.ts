import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  SimulatedFile,
  SimulatedPullRequest,
  SimulatedWorkspace,
} from './world';

const branchSchema = z.strictObject({
  name: z.string().min(1),
  /** What the branch has on top of the main branch, from the workspace's folder. */
  folder: z.string().min(1),
  /** From the branch to the main branch; see {@link openPullRequests}. */
  pullRequest: z
    .strictObject({
      title: z.string().min(1),
      description: z.string().optional(),
      /** Display name. */
      author: z.string().optional(),
    })
    .optional(),
});

const repositorySchema = z.strictObject({
  slug: z.string().min(1),
  /** Key of a project. */
  project: z.string().min(1),
  name: z.string().optional(),
  description: z.string().optional(),
  private: z.boolean().default(true),
  mainBranch: z.string().default('main'),
  /** Slug of a repository further up. */
  forkOf: z.string().optional(),
  /** Whether nothing was ever pushed to it. */
  empty: z.boolean().default(false),
  /** Default `repositories/<slug>`. */
  folder: z.string().optional(),
  branches: z.array(branchSchema).default([]),
});

const workspaceSchema = z.strictObject({
  slug: z.string().min(1),
  name: z.string().min(1),
  projects: z.array(z.strictObject({ key: z.string(), name: z.string() })),
  repositories: z.array(repositorySchema),
});

/** What `workspace.yaml` says, with everything filled in that it leaves out. */
export type WorkspaceDescription = z.infer<typeof workspaceSchema>;
export type RepositoryDescription =
  WorkspaceDescription['repositories'][number];

/** The first repository dates from 1 June 2026, the others a minute apart. */
const FIRST_DAY = Date.UTC(2026, 5, 1, 9);
const MINUTE = 60_000;

/**
 * Reads a workspace from a folder of plain files: `workspace.yaml` says which
 * repositories there are, and their files lie below.
 *
 * @throws Error that names the folder or key when something is wrong
 */
export function loadWorkspaceFolder(folder: string): SimulatedWorkspace {
  const { repositories, ...description } = readDescription(folder);
  const workspace = new SimulatedWorkspace(description);
  repositories.forEach((repository, index) => {
    const date = FIRST_DAY + index * MINUTE;
    const files = repository.empty
      ? undefined
      : readFiles(join(folder, folderOf(repository)));
    workspace.addRepository({
      slug: repository.slug,
      name: repository.name,
      description: repository.description,
      project: repository.project,
      isPrivate: repository.private,
      forkOf: repository.forkOf,
      mainBranch: repository.mainBranch,
      files,
      createdOn: date,
    });
    for (const branch of repository.branches) {
      workspace.push(repository.slug, readFiles(join(folder, branch.folder)), {
        branch: branch.name,
        message: `Start ${branch.name}`,
        date,
      });
    }
  });
  return workspace;
}

/**
 * Opens the pull requests that a workspace's description has, from branches that are
 * there. Loading it does not open the pull request, so that the event can be observed.
 */
export function openPullRequests(
  workspace: SimulatedWorkspace,
  { repositories }: WorkspaceDescription,
): SimulatedPullRequest[] {
  return repositories.flatMap(({ slug, branches }) =>
    branches.flatMap(({ name, pullRequest }) =>
      pullRequest && workspace.findRepository(slug)?.branches.has(name)
        ? workspace.pullRequests.open(slug, { ...pullRequest, source: name })
        : [],
    ),
  );
}

/**
 * Reads the `workspace.yaml` of a workspace's folder.
 *
 * @throws Error that names the key when something is wrong
 */
export function readDescription(folder: string): WorkspaceDescription {
  const file = join(folder, 'workspace.yaml');
  const parsed = workspaceSchema.safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success) {
    throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** Where the files of a repository's main branch lie, from the workspace's folder. */
export const folderOf = ({ folder, slug }: RepositoryDescription) =>
  folder ?? `repositories/${slug}`;

/**
 * Every file below a folder; links and executable files are marked as such.
 *
 * @throws Error when there is none
 */
export function readFiles(folder: string): Record<string, SimulatedFile> {
  const files: Record<string, SimulatedFile> = {};
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.sort()) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    const key = relative(folder, path).split(sep).join('/');
    if (stat.isSymbolicLink()) {
      files[key] = new SimulatedFile(readlinkSync(path), ['link']);
    } else if (stat.isFile()) {
      const executable = (stat.mode & 0o111) !== 0;
      files[key] = new SimulatedFile(
        readFileSync(path),
        executable ? ['executable'] : [],
      );
    }
  }
  if (names.length === 0) {
    throw new Error(`${folder} has no files`);
  }
  return files;
}
