export { addTo, batches } from './collections';
