import { LoggerService } from '@backstage/backend-plugin-api';
import { InputError, isError } from '@backstage/errors';
import { parseEntityYaml } from '@backstage/plugin-catalog-node';
import { Entity } from './catalogRules';

/** What a catalog file says, and what is wrong with it. */
type Documents = {
  entities: Entity[];
  /** Of the first document that is not an entity, if there is one. Names the URL. */
  problem?: string;
};

/** What the catalog takes for a name. */
const NAME = /^(?=.{1,63}$)[a-z0-9]+([-_.]+[a-z0-9]+)*$/i;

/**
 * Reads the entities of a catalog file. They are as they are written: processors,
 * which add relations and annotations, have not seen them.
 */
export function readEntities(url: string, content: Buffer): Documents {
  const entities: Entity[] = [];
  const problems: string[] = [];
  for (const result of parseEntityYaml(content, { type: 'url', target: url })) {
    if (result.type === 'error') {
      problems.push(result.error.message);
    } else if (result.type === 'entity') {
      const problem = whatIsWrong(result.entity);
      if (problem) {
        problems.push(`${url} ${problem}`);
      } else {
        entities.push(result.entity);
      }
    }
  }
  return { entities, problem: problems[0] };
}

/** The files of a software template are alike, and full of placeholders. */
function whatIsWrong({
  apiVersion,
  kind,
  metadata,
}: Partial<Entity>): string | undefined {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    return 'describes no entity: it has no apiVersion or no kind';
  }
  if (typeof metadata?.name !== 'string' || !NAME.test(metadata.name)) {
    return 'describes no entity: its metadata.name is not a name';
  }
  return undefined;
}

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
  problems.forEach(problem => logger.debug(`Skipped: ${problem}`));
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
