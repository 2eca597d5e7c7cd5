/** An amount at a moment (milliseconds). */
interface Sample {
  readonly at: number;
  readonly amount: number;
}

/** Over the last `window` milliseconds, with one sample from before it, so that the window is always covered. */
const createWindow = (window: number) => {
  let samples: Sample[] = [];
  return {
    add(sample: Sample): void {
      samples.push(sample);
      const inside = samples.findIndex(({ at }) => at > sample.at - window);
      samples = samples.slice(Math.max(inside - 1, 0));
    },
    /** Amount per second; undefined until there is a second's worth of samples. */
    slope(): number | undefined {
      const [first, last] = [samples[0], samples.at(-1)];
      if (first === undefined || last === undefined || last.at - first.at < 1000) return undefined;
      return ((last.amount - first.amount) / (last.at - first.at)) * 1000;
    },
    covered: (): boolean => (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0) >= window,
    samples: (): readonly Sample[] => samples,
  };
};

export interface Pace {
  /** Bytes per second. */
  readonly rate?: number;
  /** Seconds. */
  readonly eta?: number;
}

export interface PaceMeter {
  /** Bytes so far, and of how many where that is known. */
  add(bytes: number, total?: number): Pace;
}

/** Smooths over a window, 20 s unless told, since copies come in bursts. */
export const createPaceMeter = (options: { readonly now?: () => number; readonly window?: number } = {}): PaceMeter => {
  const { now = Date.now, window = 20_000 } = options;
  const samples = createWindow(window);
  return {
    add(bytes, total) {
      samples.add({ at: now(), amount: bytes });
      const rate = samples.slope();
      if (rate === undefined || rate < 0) return {};
      if (total === undefined || rate === 0) return { rate };
      return { rate, eta: Math.max(0, total - bytes) / rate };
    },
  };
};

export interface CatchUp extends Pace {
  /** `diverging`: over the whole window it grew, and it is larger than at the window's start. */
  readonly trend: 'unknown' | 'converging' | 'steady' | 'diverging';
}

export interface CatchUpMeter {
  /** What still remains: bytes, or seconds. */
  add(remaining: number): CatchUp;
}

/** Less than this share of change over the window is noise. */
const noise = 0.01;

/** Says how a follower catches up. `diverging` is said only after a full window (60 s unless told) of growth in both its halves. */
export const createCatchUpMeter = (
  options: { readonly now?: () => number; readonly window?: number } = {},
): CatchUpMeter => {
  const { now = Date.now, window = 60_000 } = options;
  const samples = createWindow(window);
  return {
    add(remaining) {
      samples.add({ at: now(), amount: remaining });
      const slope = samples.slope();
      if (slope === undefined) return { trend: 'unknown' };
      if (slope < 0) return { trend: 'converging', rate: -slope, eta: remaining / -slope };
      const all = samples.samples();
      const [first, middle] = [all[0]?.amount ?? 0, all[Math.floor(all.length / 2)]?.amount ?? 0];
      const grows = middle > first * (1 + noise / 2) && remaining > middle * (1 + noise / 2) && remaining > 0;
      if (!samples.covered()) return { trend: 'unknown' };
      return { trend: grows ? 'diverging' : 'steady' };
    },
  };
};
