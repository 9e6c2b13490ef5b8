/**
 * What `npm start -- <options>` runs, with another folder than `dev/workspace`:
 * `startWith <folder> <options>`.
 */
import { parseOptions } from '../options';
import { run } from '../run';
import { Screen } from '../screen';

const [folder, ...args] = process.argv.slice(2);

run(parseOptions(args), new Screen(process.stdout), folder).catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
