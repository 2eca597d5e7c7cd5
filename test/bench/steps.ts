import type { Measured } from './replctl.ts';

/** Where the seconds of one run went: each step, and what lies around the steps. */
export const breakdown = ({ events, startedAt, endedAt }: Measured): ReadonlyMap<string, number> => {
  const parts = new Map<string, number>();
  let before = startedAt;
  const spend = (name: string, until: number): void => {
    parts.set(name, (parts.get(name) ?? 0) + (until - before) / 1000);
    before = until;
  };
  for (const event of events) {
    const at = Date.parse(event.at);
    if (event.event === 'run-started') spend('(start, connect, inspect, preflight)', at);
    // From the end of the step before: its probe belongs to a step.
    else if (event.event === 'step-done' || event.event === 'step-skipped') spend(event.step, at);
    else if (event.event === 'run-ended') spend('(lag, lease, answer)', at);
  }
  spend('(close, exit)', endedAt);
  return parts;
};
