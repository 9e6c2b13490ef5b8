export { EditUrlProcessor } from './EditUrlProcessor';
