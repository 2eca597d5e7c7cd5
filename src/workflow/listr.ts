import type { ListrTask } from 'listr2';
import type { Drawing } from './drawing.ts';
import type { PlannedStep } from './journal-record.ts';

/** What a running task can show. */
export interface TaskView {
  title(text: string): void;
  line(text: string): void;
}

/** One task of the list. */
export interface Task {
  readonly step: PlannedStep;
  readonly title: string | undefined;
  work(view: TaskView): Promise<void>;
}

const phaseOf = ({ step }: Task): string => step.id.slice(0, Math.max(step.id.indexOf('.'), 0));

const leaf = (task: Task): ListrTask => ({
  title: task.title ?? task.step.title,
  task: (_, wrapper) =>
    task.work({
      title: (text) => (wrapper.title = text),
      line: (text) => (wrapper.output = text),
    }),
});

/** Neighbours of one phase under one heading, so that a long list fits the screen; flat where the drawing wants no headings. */
const grouped = (tasks: readonly Task[], drawing: Drawing | undefined): ListrTask[] => {
  const list: ListrTask[] = [];
  for (let index = 0; index < tasks.length;) {
    const first = tasks[index]!;
    const phase = phaseOf(first);
    const heading = drawing?.phase(phase);
    const end = tasks.findIndex((task, at) => at > index && phaseOf(task) !== phase);
    const group = tasks.slice(index, heading === undefined ? index + 1 : end === -1 ? tasks.length : end);
    index += group.length;
    if (heading === undefined) list.push(leaf(first));
    else list.push({ title: heading, task: (_, wrapper) => wrapper.newListr(group.map(leaf)) });
  }
  return list;
};

/**
 * One after the other through listr2, which only sequences and draws: the first error ends the list and comes through as it is.
 * Signals, retries, skips and undoing are ours.
 */
export const runTasks = async (
  tasks: readonly Task[],
  drawing: Drawing | undefined,
  options: { readonly headings?: boolean } = {},
): Promise<void> => {
  const { Listr } = await import('listr2');
  const list = new Listr(options.headings === true ? grouped(tasks, drawing) : tasks.map(leaf), {
    concurrent: false,
    exitOnError: true,
    registerSignalListeners: false,
    ...(drawing === undefined ? { renderer: 'silent' } : await drawing.listr()),
    fallbackRendererCondition: false,
  });
  try {
    await list.run();
  } finally {
    drawing?.ended();
  }
};
