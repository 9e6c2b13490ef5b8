import { bypass, http } from 'msw';
import { setupServer } from 'msw/node';
import { Simulator } from '../dev/simulator';

/**
 * Lets a simulator answer for api.bitbucket.org, and for the archives of
 * bitbucket.org, for code whose base URL cannot be configured.
 *
 * @returns a function that ends this
 */
export function answerForBitbucketOrg(simulator: Simulator): () => void {
  const answer = ({ request }: { request: Request }) => {
    const { pathname, search } = new URL(request.url);
    return fetch(bypass(`${simulator.origin}${pathname}${search}`, request));
  };
  const server = setupServer(
    http.all('https://api.bitbucket.org/2.0/*', answer),
    http.get('https://bitbucket.org/:workspace/:repository/get/*', answer),
  );
  server.listen({ onUnhandledRequest: 'bypass' });
  return () => server.close();
}
