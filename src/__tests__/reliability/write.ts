/** Writes the tables into docs/reliability.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CONTENTS } from '../../../testing/contents';
import { withTables } from './markdown';
import { TABLE } from './table';

const path = resolve('docs/reliability.md');
const page = readFileSync(path, 'utf8');
writeFileSync(path, withTables(page, { faults: TABLE, contents: CONTENTS }));
