import {
  BackendFeature,
  coreServices,
  createServiceFactory,
  SchedulerService,
  SchedulerServiceTaskFunction,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';

/** A scheduler whose tasks run when they are triggered, and only then. */
export class TriggeredTasks {
  private readonly tasks = new Map<string, SchedulerServiceTaskFunction>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly ended = new AbortController();

  /** Gives a backend this scheduler in place of its own. */
  get feature(): BackendFeature {
    return createServiceFactory({
      service: coreServices.scheduler,
      deps: { lifecycle: coreServices.lifecycle },
      factory: ({ lifecycle }) => {
        lifecycle.addShutdownHook(() => this.ended.abort());
        return this.service;
      },
    });
  }

  /**
   * Runs a task to its end, or waits for the run that is under way.
   *
   * @throws NotFoundError when there is none; what the task throws
   */
  async run(id: string): Promise<void> {
    const task = this.tasks.get(id);
    if (!task) {
      throw new NotFoundError(`There is no task ${id}.`);
    }
    const running =
      this.running.get(id) ??
      Promise.resolve(task(this.ended.signal)).finally(() =>
        this.running.delete(id),
      );
    this.running.set(id, running);
    await running;
  }

  /** Waits until no task runs. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.running.values());
  }

  private get service(): SchedulerService {
    const schedule = async ({ id, fn }: Task) => {
      this.tasks.set(id, fn);
    };
    return {
      scheduleTask: schedule,
      createScheduledTaskRunner: () => ({ run: schedule }),
      getScheduledTasks: async () => [],
      cancelTask: async () => {},
      triggerTask: async id => {
        this.run(id).catch(() => {});
      },
    };
  }
}

type Task = { id: string; fn: SchedulerServiceTaskFunction };
