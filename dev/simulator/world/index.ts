export { SimulatedFile } from './file';
export type { FileAttribute } from './file';
export { sha1, uuid } from './ids';
export { SimulatedRepository } from './repository';
export type { Commit } from './repository';
export { emptyTree, isDirectory, listTree } from './tree';
export type { Changes, Files, Tree, TreeEntry } from './tree';
export { SimulatedWorkspace } from './workspace';
export type { NewRepository, Project } from './workspace';
