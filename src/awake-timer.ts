/** Milliseconds of one beat: what counts at most of a time in which the process was suspended. */
const beat = 1000;

/**
 * Acts once this process has been awake for so many milliseconds. One that was suspended (SIGSTOP, a virtual machine that was paused) first hears what came
 * meanwhile: its limits are for hosts that do not answer, not for itself. Returns what stops it; idempotent.
 */
export const whenAwakeFor = (milliseconds: number, act: () => void): (() => void) => {
  let left = milliseconds;
  let timer: NodeJS.Timeout;
  const next = (): void => {
    if (left <= 0) {
      act();
      return;
    }
    const step = Math.min(beat, left);
    left -= step;
    timer = setTimeout(next, step);
  };
  next();
  return () => clearTimeout(timer);
};
