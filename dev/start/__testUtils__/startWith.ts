/** What `npm start -- --port <port>` runs, with another folder than `dev/workspace`. */
import { parseOptions } from '../options';
import { run } from '../run';
import { Screen } from '../screen';

const [port, folder] = process.argv.slice(2);

run(parseOptions(['--port', port]), new Screen(process.stdout), folder).catch(
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
