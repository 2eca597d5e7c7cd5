import type { RunEvent } from '../../../src/workflow/events.ts';
import { expectExit, type Ended, type Replctl } from './replctl.ts';

/** A moment of a run, told by its events. */
export interface Moment {
  readonly title: string;
  readonly fits: (event: RunEvent) => boolean;
}

export const after = (step: string): Moment => ({
  title: `after ${step}`,
  fits: (event) => (event.event === 'step-done' || event.event === 'step-skipped') && event.step === step,
});
export const onStartOf = (step: string): Moment => ({
  title: `when ${step} begins`,
  fits: (event) => event.event === 'step-started' && event.step === step,
});
export const whileIn = (step: string, phase: string): Moment => ({
  title: `in ${step}, ${phase}`,
  fits: (event) => event.event === 'step-progress' && event.step === step && event.phase === phase,
});

/** Runs the command and kills it at that moment: no handler runs, nothing is said. Near its end it may be quicker than its killer: exit 0. */
export const killedAt = async (replctl: Replctl, args: readonly string[], moment: Moment): Promise<Ended> => {
  const running = replctl.start(args);
  await running.event(moment.fits);
  running.kill('SIGKILL');
  const ended = await running.ended;
  if (ended.exitCode !== 0 || ended.events.at(-1)?.event !== 'run-ended') expectExit(ended, 137);
  return ended;
};

export const runOf = (ended: Ended): string => {
  const started = ended.events.find((event) => event.event === 'run-started');
  if (started?.event !== 'run-started') throw new Error('no run was started');
  return started.run;
};
