import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { dirname } from 'node:path';
import { Product } from '../backend';
import { formatNumber } from './format';

const GIB = 1024 ** 3;

const STOCK_MODULES = {
  cloud: '@backstage/plugin-catalog-backend-module-bitbucket-cloud',
  'data-center': '@backstage/plugin-catalog-backend-module-bitbucket-server',
};

const packagesFor = (product: Product) => [
  '@backstage/backend-defaults',
  '@backstage/plugin-catalog-backend',
  STOCK_MODULES[product],
  'better-sqlite3',
];

/**
 * What the figures depend on, beside the code.
 *
 * @param folder - where the databases were
 */
export function describeMachine(
  folder: string,
  product: Product = 'cloud',
): string {
  const processors = cpus();
  const versions = packagesFor(product).map(
    name => `${name} ${versionOf(name)}`,
  );
  return [
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version} on ${type()} ${release()},`,
    `${processors.length} × ${processors[0]?.model.trim()}, ${formatNumber(totalmem() / GIB)} GiB of memory, databases in ${dirname(folder)}.`,
    `${versions.join(', ')}.`,
  ].join('\n');
}

function versionOf(name: string): string {
  const file = require.resolve(`${name}/package.json`);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
