import { parseEntityYaml } from '@backstage/plugin-catalog-node';
import { Entity } from './types';

/** What a catalog file says, and what is wrong with it. */
export type Documents = {
  entities: Entity[];
  /** Of the first document that is no entity, if there is one. Names the URL. */
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
