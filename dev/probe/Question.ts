import { Answer, JsonAnswer, Path, Prober } from './Prober';

/** What a volunteer names, since a script cannot find it. */
export type Names = {
  /** `PAY/api`: a repository with files. Default: the first one that has some. */
  repository?: string;
  /** The name of a repository before it was renamed or moved. */
  oldRepository?: string;
  /** A repository that exists, and that the token may not see. */
  hiddenRepository?: string;
  /** Paths in `repository`. */
  link?: string;
  submodule?: string;
  lfs?: string;
};

/** What is found on the way, for later questions. */
export type Findings = Names & {
  /** Of the instance, without a trailing slash. */
  baseUrl: string;
  /** Rows of the list of repositories. */
  rows: Row[];
  /** The default branch of `repository`, as `refs/heads/main`, and its head. */
  branch?: string;
  head?: string;
  /** Paths of its files. */
  paths: string[];
};

type Row = {
  id?: number;
  slug?: string;
  archived?: boolean;
  project?: { key?: string; type?: string };
  links?: { self?: { href?: string }[] };
};

/** An answer in words, and what it was taken from. */
type Reply = { answer: string; to?: Answer };

export type Question = {
  title: string;
  /** @returns the answer, or why there is none */
  ask(prober: Prober, found: Findings): Promise<Reply | string>;
};

export const API = '/rest/api/latest';
export const PROJECT = `${API}/projects/{key}`;
const REPOSITORY = `${PROJECT}/repos/{slug}`;

/** A path of a repository that is named as `PAY/api`. */
export function at(
  repository: string,
  template: string,
  names: Record<string, string> = {},
): Path {
  const [key, slug] = repository.split('/');
  return {
    template: `${REPOSITORY}${template}`,
    names: { key, slug, ...names },
  };
}

export const rowsOf = (json: unknown): Row[] => {
  const { values } = Object(json);
  return Array.isArray(values) ? values.map(Object) : [];
};

export const isPersonal = ({ project }: Row) => project?.type === 'PERSONAL';

export const yesOrNo = (is: boolean) => (is ? 'yes' : 'no');

/** The reason that a refusal gives. */
export const refusal = ({ exception }: Answer) =>
  exception ?? 'no exception is named';

/** Whether a page has what is looked for; what it lacks may be on another one. */
export const isOnPage = (is: boolean, { json }: JsonAnswer) =>
  is || Object(json).isLastPage ? yesOrNo(is) : 'not on the first page';

export const NO_REPOSITORY = 'no repository with a default branch was found';
