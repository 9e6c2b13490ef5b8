import { uuid } from './ids';

export type Project = { key: string; name: string; uuid: string };

/** For repositories of a workspace that was given no project. */
const DEFAULT_PROJECT = { key: 'PROJ', name: 'Project' };

/** The projects of a workspace. */
export class Projects {
  private projects: Project[] = [];
  private projectsMade = 0;

  constructor(private readonly workspaceUuid: string) {}

  /** In the order in which they were added. */
  get all(): Project[] {
    return [...this.projects];
  }

  add(project: { key: string; name: string }): Project {
    this.projectsMade += 1;
    const added = {
      ...project,
      // The count keeps a project apart from one that had its key before.
      uuid: uuid('project', this.workspaceUuid, String(this.projectsMade)),
    };
    this.projects.push(added);
    return added;
  }

  find(key: string): Project | undefined {
    return this.projects.find(project => project.key === key);
  }

  /** The project of this key, made where there is none. Default: the first. */
  findOrAdd(key: string | undefined): Project {
    return key === undefined
      ? (this.projects[0] ?? this.add(DEFAULT_PROJECT))
      : (this.find(key) ?? this.add({ key, name: key }));
  }
}
