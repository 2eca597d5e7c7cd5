/** Seconds since 1970 at the start of 2026: six digits of base 36 from there last until 2095. */
const epoch = 1_767_225_600;
const pattern = /^r-[a-z0-9]{10}$/;

const digits = (value: number, length: number): string => Math.floor(value).toString(36).padStart(length, '0');

/**
 * `r-` and ten of [a-z0-9]: six for the second in which the run began, so that run ids sort by time, and four of randomness.
 * `random` gives numbers in [0, 1), as `Math.random` does.
 */
export const newRunId = (now: Date, random: () => number): string => {
  const second = Math.min(Math.max(now.getTime() / 1000 - epoch, 0), 36 ** 6 - 1);
  return `r-${digits(second, 6)}${digits(random() * 36 ** 4, 4)}`;
};

/** Must hold for everything that is read back from a host or an argument before it becomes part of a path. */
export const isRunId = (text: unknown): text is string => typeof text === 'string' && pattern.test(text);
