export { openDatabase } from './database';
export { resolveHead, StaleHeadError } from './heads';
export type { BranchChoice, Head, HeadOutcome } from './heads';
export { findFiles, isRegularFile } from './files';
export { createPathGlob, isGlob, mergeGlobs } from './pathGlob';
export type { PathGlob } from './pathGlob';
export { listRepositories } from './repositories';
