/** The host name of this machine to itself, as `URL` normalises it. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whether a URL leads to this machine, where http needs no encryption. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}
