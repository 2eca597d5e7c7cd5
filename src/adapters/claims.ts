import type { Host } from '../hosts/host.ts';
import { inCriticalSection } from './critical-section.ts';

/** A setting of a server that several runs may have changed at the same time, each for itself. */
export interface ClaimPlace {
  readonly host: Host;
  /** OS user who owns `directory`. */
  readonly as: string;
  /** What replctl keeps for the node on its machine. */
  readonly directory: string;
  /** `[a-z-]+`: what is claimed. */
  readonly name: string;
}

interface Claims {
  /** As it was before the first claim. */
  readonly original: string;
  readonly runs: readonly string[];
}

const fileOf = ({ directory, name }: ClaimPlace): string => `${directory}/claims/${name}`;

const read = async (place: ClaimPlace, signal: AbortSignal): Promise<Claims | undefined> => {
  const bytes = await place.host.readFile(fileOf(place), { as: place.as, signal });
  if (bytes === undefined) return undefined;
  const [original = '', ...runs] = new TextDecoder().decode(bytes).split('\n').filter(Boolean);
  return { original: original.replace(/^original=/, ''), runs };
};

const write = async (place: ClaimPlace, { original, runs }: Claims, signal: AbortSignal): Promise<void> => {
  const content = [`original=${original}`, ...runs, ''].join('\n');
  await place.host.writeFile({ path: fileOf(place), content, mode: 0o600, as: place.as }, { signal });
};

/** Who holds claims, and what was there before them; undefined where nobody does. */
export const readClaims = read;

/**
 * Claims for a run and carries out the change, alone on that host. `look` tells what is there now: it is the original where nobody claimed before.
 * Idempotent.
 */
export const claim = async (
  place: ClaimPlace,
  run: string,
  { signal, look, change }: { signal: AbortSignal; look: () => Promise<string>; change: () => Promise<void> },
): Promise<void> => {
  const { host, as } = place;
  await inCriticalSection({ host, as, path: `${fileOf(place)}.lock`, signal }, async () => {
    const before = (await read(place, signal)) ?? { original: await look(), runs: [] };
    // What undoing will need is on the disk before the change.
    await write(place, { ...before, runs: [...new Set([...before.runs, run])] }, signal);
    await change();
  });
};

/** Gives a claim back; the last to do so restores the original. A claim that is not there is fine. */
export const release = async (
  place: ClaimPlace,
  run: string,
  { signal, restore }: { signal: AbortSignal; restore: (original: string) => Promise<void> },
): Promise<void> => {
  const { host, as } = place;
  if ((await read(place, signal)) === undefined) return;
  await inCriticalSection({ host, as, path: `${fileOf(place)}.lock`, signal }, async () => {
    const before = await read(place, signal);
    if (!before?.runs.includes(run)) return;
    const runs = before.runs.filter((other) => other !== run);
    if (runs.length > 0) {
      await write(place, { ...before, runs }, signal);
      return;
    }
    await restore(before.original);
    await host.run({ argv: ['rm', '-f', '--', fileOf(place), `${fileOf(place)}.lock`], as }, { signal });
  });
};
