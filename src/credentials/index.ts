export { abortable } from './abortable';
export { createCredential } from './createCredential';
export { CredentialError } from './errors';
export { explainRefusal } from './explainRefusal';
export type { Credential, CredentialKind, PostForm, Refusal } from './types';
