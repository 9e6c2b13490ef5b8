import type { SimulatedWorkspace } from '../../world';
import type { DataCenterContext } from '../context';

/** As it stands in a list and in a repository. */
export function projectBody(
  context: DataCenterContext,
  project: SimulatedWorkspace,
) {
  const { id, description, isPublic, owner } =
    context.instance.factsOf(project);
  const self = `${context.linkBaseUrl}${webPath(project)}`;
  return {
    key: project.slug,
    id,
    name: project.name,
    ...(description === undefined ? {} : { description }),
    public: isPublic,
    type: isPersonal(project) ? 'PERSONAL' : 'NORMAL',
    ...(owner === undefined ? {} : { owner: userBody(owner) }),
    links: { self: [{ href: self }] },
  };
}

export const isPersonal = ({ slug }: SimulatedWorkspace) =>
  slug.startsWith('~');

/**
 * Of the page of a project, below the context path. The key of a personal one is the
 * user's slug in upper case.
 */
export function webPath(project: SimulatedWorkspace): string {
  const key = encodeURIComponent(project.slug);
  return isPersonal(project)
    ? `/users/${key.slice(1).toLowerCase()}`
    : `/projects/${key}`;
}

export function userBody(name: string) {
  const slug = slugOf(name);
  return {
    name: slug,
    emailAddress: `${slug}@example.com`,
    active: true,
    displayName: name,
    id: 100 + [...slug].reduce((sum, letter) => sum + letter.charCodeAt(0), 0),
    slug,
    type: 'NORMAL',
  };
}

const slugOf = (name: string) =>
  name.toLowerCase().replace(/[^a-z0-9.-]+/g, '.');
