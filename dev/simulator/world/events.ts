import type { Project } from './project';
import type { Refs, SimulatedRepository } from './repository';

/** Something that happened in a workspace, under the name that webhooks give it. */
export type WorkspaceEvent =
  | {
      key: 'repo:created' | 'repo:deleted' | 'repo:transfer';
      repository: SimulatedRepository;
    }
  | {
      key: 'repo:updated';
      repository: SimulatedRepository;
      before: { name: string; fullName: string };
    }
  | { key: 'repo:push'; repository: SimulatedRepository; before: Refs }
  | {
      key: 'project:updated';
      project: Project;
      before: { key: string; name: string };
    };

/** Is called at once, while everything is as the event left it. */
export type WorkspaceListener = (event: WorkspaceEvent) => void;
