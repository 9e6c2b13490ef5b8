import { TestServer } from './startServer';

/** Path and decoded query of a request. */
export function asked(server: TestServer, index = 0) {
  const { pathname, searchParams } = new URL(
    server.requests[index].url,
    server.origin,
  );
  return { path: pathname, query: Object.fromEntries(searchParams) };
}
