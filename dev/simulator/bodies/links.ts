import type { SimulatorContext } from '../context';
import type { SimulatedRepository } from '../world';

/** Pages for users are on bitbucket.org, whichever host serves the API. */
const WEB = 'https://bitbucket.org';

export const link = (href: string) => ({ href });

export const webLink = (...segments: string[]) =>
  link([WEB, ...segments.map(encodePath)].join('/'));

export const apiLink = (context: SimulatorContext, ...segments: string[]) =>
  link([context.apiBaseUrl, ...segments.map(encodePath)].join('/'));

export const repositoryLink = (
  context: SimulatorContext,
  repository: SimulatedRepository,
  ...segments: string[]
) => apiLink(context, 'repositories', repository.fullName, ...segments);

/** Encodes each segment; slashes stay. */
export const encodePath = (path: string) =>
  path.split('/').map(encodeURIComponent).join('/');
