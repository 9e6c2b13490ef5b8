import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import {
  isForbiddenError,
  isNotFoundError,
  isUnauthorizedError,
} from '../scm/errors';
import { ScmHost } from '../scm/ScmHost';

/** Whether a workspace can be read, and with what. */
export type Access = {
  /** Milliseconds since the epoch. */
  checkedAt: number;
  isGranted: boolean;
  /** One line that says what to fix where it is not. Holds no secret. */
  message: string;
};

/** What reading a workspace last came to, in this process. */
export class WorkspaceAccess {
  readonly #host: ScmHost;
  readonly #workspace: string;
  #last?: Access;

  constructor(host: ScmHost, workspace: string) {
    this.#host = host;
    this.#workspace = workspace;
  }

  /** Absent before the first time. */
  get last(): Access | undefined {
    return this.#last;
  }

  /**
   * Asks for one repository, and says in the log whether it can be read, or what to
   * fix. One request; never rejects.
   */
  async check(logger: LoggerService, signal: AbortSignal): Promise<void> {
    const access = await this.#ask(signal);
    if (!signal.aborted) {
      this.#last = access;
      logger[access.isGranted ? 'info' : 'warn'](access.message);
    }
  }

  /** It was read just now. */
  noteRead(): void {
    this.#last = this.#granted();
  }

  /** Reading it has failed just now, which may be a refusal. */
  noteFailure(error: unknown): void {
    if (
      isUnauthorizedError(error) ||
      isForbiddenError(error) ||
      isNotFoundError(error)
    ) {
      this.#last = this.#refused(error.message);
    }
  }

  async #ask(signal: AbortSignal): Promise<Access> {
    const workspace = this.#workspace;
    const one = { pageSize: 1 };
    try {
      const pages = this.#host.repositories({ workspace }, one, undefined, {
        signal,
      });
      for await (const { repositories } of pages) {
        if (repositories.length > 0) {
          return this.#granted();
        }
      }
      return this.#refused(
        'the credential sees no repository in it. Give it access to the repositories, unless there are none',
      );
    } catch (error) {
      return this.#refused(toError(error).message);
    }
  }

  #granted(): Access {
    return {
      checkedAt: Date.now(),
      isGranted: true,
      message: `Workspace ${this.#workspace} can be read (${this.#credential})`,
    };
  }

  #refused(why: string): Access {
    return {
      checkedAt: Date.now(),
      isGranted: false,
      message: `Workspace ${this.#workspace} cannot be read (${this.#credential}): ${why}`,
    };
  }

  get #credential(): string {
    const { credential } = this.#host;
    return credential.kind === 'anonymous'
      ? 'anonymous requests'
      : credential.label;
  }
}
