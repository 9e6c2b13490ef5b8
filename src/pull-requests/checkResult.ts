/** What a finding is about. Its name is part of the id of an annotation, so it never changes. */
export type Rule =
  /** The file is not YAML. */
  | 'syntax'
  /** A document has no `apiVersion`, `kind` or name, or they are of a wrong form. */
  | 'envelope'
  /** A processor or a policy of the catalog refuses the entity. */
  | 'schema'
  /** `catalog.rules` do not allow the kind at this location. */
  | 'kind'
  /** A placeholder such as `$text` cannot be resolved. */
  | 'placeholder'
  /** A target of a Location cannot be read. */
  | 'target'
  /** Two documents of the pull request are the same entity. */
  | 'duplicate'
  /** The catalog has the entity from another location. */
  | 'conflict'
  /** An entity that is referred to does not exist. */
  | 'reference'
  /** Entities would be removed. */
  | 'removal'
  /** The destination branch has changed the same file. */
  | 'merge'
  /** Something was not checked, and why. */
  | 'unchecked';

/** What a check has found. */
export type Finding = {
  rule: Rule;
  severity: 'error' | 'warning' | 'note';
  /** What the catalog refuses because of it, once it is merged. */
  rejects: 'file' | 'entity' | 'nothing';
  /** Of the file, at the head of the pull request. Absent where the file is deleted. */
  path?: string;
  /** From 1. */
  line?: number;
  /** Such as `component:default/shop`, or as much of it as there is. */
  entityRef?: string;
  /** Where in the document, as a JSON pointer. */
  pointer?: string;
  /**
   * What is wrong and how to fix it: one or two plain sentences in one line, without
   * markup. Holds no secret, and of a public repository nothing of other repositories.
   */
  message: string;
};

/** What merging would do to an entity. */
export type EntityChange = {
  entityRef: string;
  action: 'add' | 'change' | 'move' | 'remove';
  /** The file that has it; that had it, where it is removed. */
  path: string;
  /** The file that it moves from. */
  fromPath?: string;
  /** Whether its own file stays as it is, and what a placeholder in it names changes. */
  viaPlaceholder?: true;
  /** Of an entity that changes: such as `spec.owner`, at most 20. */
  fields?: string[];
  /** Of an entity that is removed: how many others refer to it. Absent in a public repository. */
  referrers?: number;
};

/** One step of checking a file. */
export type CheckStep = {
  /** For people: `Read at the head`, `The catalog reads the file`, `component:default/shop`. */
  name: string;
  verdict: 'passed' | 'warning' | 'failed' | 'skipped';
  /** When it began; milliseconds since the epoch. */
  at: number;
  /** How long it took, in milliseconds. */
  ms: number;
  /** One line, if there is more to say. */
  message?: string;
};

/** What was checked of a file, in order. */
export type CheckedFile = {
  path: string;
  change: 'added' | 'changed' | 'moved' | 'removed';
  /** Where it was before it moved. */
  fromPath?: string;
  steps: CheckStep[];
};

/** The result of checking the catalog files that a pull request touches. */
export type CheckResult = {
  files: CheckedFile[];
  /** The worst first, then by file and line. */
  findings: Finding[];
  plan: EntityChange[];
};
