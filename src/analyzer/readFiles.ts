import { LoggerService } from '@backstage/backend-plugin-api';
import { InputError, isError } from '@backstage/errors';
import { readEntities } from './entities';
import { Entity } from './types';

/** The entities of a file. */
export type ReadFile = { url: string; entities: Entity[] };

/**
 * Reads the entities of some files. Files that hold none, such as those of software
 * templates, are left out.
 *
 * @throws InputError when no file holds an entity, with what is wrong with one; and
 * what reading the only file, or any but for its own fault, throws
 */
export async function readFiles(
  files: { url: string; read: () => Promise<Buffer> }[],
  logger: LoggerService,
): Promise<ReadFile[]> {
  const results = await Promise.all(
    files.map(async ({ url, read }) => {
      const documents = await read().then(
        content => readEntities(url, content),
        error => ({ entities: [], problem: problemOf(error, files.length) }),
      );
      return { url, ...documents };
    }),
  );
  const problems = results.flatMap(({ problem }) => problem ?? []);
  const withEntities = results.filter(({ entities }) => entities.length > 0);
  if (withEntities.length === 0 && problems.length > 0) {
    throw new InputError(problems[0]);
  }
  problems.forEach(problem => logger.debug(`Left out: ${problem}`));
  return withEntities;
}

/** What is wrong with one file of several; other faults are about all of them. */
function problemOf(error: unknown, count: number): string {
  const names = ['InputError', 'NotFoundError'];
  if (count > 1 && isError(error) && names.includes(error.name)) {
    return error.message;
  }
  throw error;
}
