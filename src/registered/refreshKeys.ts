import { Knex } from 'knex';
import { RegisteredFile } from './RegisteredFile';

/** What the catalog puts before the URLs that entities come from. */
const PREFIX = 'url:';

/**
 * What the catalog reads of a repository, by any of its names.
 *
 * Read from the catalog's own table of refresh keys: it has Locations, however
 * they came to be, and the files that placeholders such as `$text` name.
 *
 * @param fullNames - `workspace/repository`
 */
export async function readRegisteredFiles(
  knex: Knex,
  fullNames: string[],
): Promise<RegisteredFile[]> {
  const rows: { key: string }[] = await knex('refresh_keys')
    .where(query => {
      fullNames.forEach(name =>
        query.orWhereRaw("lower(key) LIKE ? ESCAPE '!'", [
          `${PREFIX}%/${escape(name)}/%`,
        ]),
      );
    })
    .distinct('key');
  return rows
    .flatMap(({ key }) => RegisteredFile.parse(key.slice(PREFIX.length)) ?? [])
    .filter(({ fullName }) => fullNames.includes(fullName));
}

const escape = (text: string) => text.replace(/[!%_]/g, '!$&');
