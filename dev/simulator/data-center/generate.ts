import { generateWorkspace, GenerateOptions } from '../generate';
import { instanceFromWorkspace } from './fromWorkspace';
import type { SimulatedInstance } from './instance';

/**
 * An instance of any size that looks like a company's.
 *
 * @see generateWorkspace
 */
export const generateInstance = (
  options: Omit<GenerateOptions, 'slug'>,
): SimulatedInstance =>
  instanceFromWorkspace(generateWorkspace({ slug: 'generated', ...options }));
