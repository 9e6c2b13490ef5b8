import { SimulatorOptions } from '../dev/simulator';
import { Product } from './backend';
import { Bitbucket } from './bitbucket';
import { CloudBitbucket } from './cloudBitbucket';
import { DataCenterBitbucket } from './dataCenterBitbucket';

/**
 * Starts a product with so many repositories, the same whenever their number is.
 *
 * @param options.answersAfterMs - how late each answer is, by default not at all
 */
export function startBitbucket(
  product: Product,
  size: number,
  options: Pick<SimulatorOptions, 'rateLimit'> & {
    answersAfterMs?: number;
  } = {},
): Promise<Bitbucket> {
  return product === 'cloud'
    ? CloudBitbucket.start(size, options)
    : DataCenterBitbucket.start(size, options);
}
