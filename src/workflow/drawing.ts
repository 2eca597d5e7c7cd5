import type { ListrBaseClassOptions, ListrRendererFactory } from 'listr2';
import type { PlannedStep } from './journal-record.ts';
import type { Progress } from './step.ts';

/** How listr2 shows the steps while they run: what it prints, and where. Decides nothing. */
export interface Drawing {
  /** Read when the list is made, so that only a list that is drawn loads its renderer. */
  listr(): Promise<Pick<ListrBaseClassOptions<unknown, ListrRendererFactory>, 'renderer' | 'rendererOptions'>>;
  title(step: PlannedStep): string;
  /** The title of a step that was found done. */
  skipped(step: PlannedStep, evidence: string): string;
  /** The title when it is taken back. */
  undoing(step: PlannedStep): string;
  /** One line under the title. */
  progress(progress: Progress): string;
  /** The line under the title of a step that is asked to stop. */
  stopping(): string;
  /** The heading of the steps `phase.*`, where headings are wanted: steps of a finished phase are folded away. */
  phase(phase: string): string | undefined;
  /** The list is there, and is drawn no more: others may write again. */
  ended(): void;
}
