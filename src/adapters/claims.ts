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

export interface Claim {
  readonly run: string;
  /** The node that the run adds; it has one run at a time. */
  readonly node: string;
}

/** A run's claim, or those of a node, whichever run made them. */
export type Whose = Pick<Claim, 'run'> | Pick<Claim, 'node'>;

interface Claims {
  /** As it was before the first claim. */
  readonly original: string;
  /** As the last claim left it; undefined while one is under way, or where it was cut off. */
  readonly changed?: string | undefined;
  readonly claims: readonly Claim[];
}

const isOf = ({ run, node }: Claim, whose: Whose): boolean =>
  'run' in whose ? run === whose.run : node === whose.node;

/** Where the claims are kept. */
export const fileOf = ({ directory, name }: ClaimPlace): string => `${directory}/claims/${name}`;

const read = async (place: ClaimPlace, signal: AbortSignal): Promise<Claims | undefined> => {
  const bytes = await place.host.readFile(fileOf(place), { as: place.as, signal });
  if (bytes === undefined) return undefined;
  const lines = new TextDecoder().decode(bytes).split('\n').filter(Boolean);
  const named = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  const claims = lines
    .filter((line) => line.startsWith('r-'))
    .map((line) => line.split(' '))
    .map(([run = '', node = '']) => ({ run, node }));
  return { original: named('original') ?? '', changed: named('changed'), claims };
};

const write = async (place: ClaimPlace, { original, changed, claims }: Claims, signal: AbortSignal): Promise<void> => {
  const lines = [
    `original=${original}`,
    ...(changed === undefined ? [] : [`changed=${changed}`]),
    ...claims.map(({ run, node }) => `${run} ${node}`),
  ];
  await place.host.writeFile(
    { path: fileOf(place), content: `${lines.join('\n')}\n`, mode: 0o600, as: place.as },
    { signal },
  );
};

/** Still as the runs left it: nobody has chosen another value since, and no restart has. */
const isOurs = ({ changed }: Claims, now: string): boolean => changed === undefined || changed === now;

export const holdsClaim = async (place: ClaimPlace, whose: Whose, signal: AbortSignal): Promise<boolean> =>
  (await read(place, signal))?.claims.some((claim) => isOf(claim, whose)) === true;

/**
 * Claims for a run and carries out the change, alone on that host. `look` tells what is there now: it is the original where nobody claimed before, or
 * somebody else has changed it since. What another run for the same node claimed is void: that run was abandoned when this host could not be asked, or was lost. Idempotent.
 */
export const claim = async (
  place: ClaimPlace,
  mine: Claim,
  { signal, look, change }: { signal: AbortSignal; look: () => Promise<string>; change: () => Promise<void> },
): Promise<void> => {
  const { host, as } = place;
  await inCriticalSection({ host, as, path: `${fileOf(place)}.lock`, signal }, async () => {
    const [now, before] = [await look(), await read(place, signal)];
    const original = before && isOurs(before, now) ? before.original : now;
    const claims = [...(before?.claims.filter(({ node }) => node !== mine.node) ?? []), mine];
    // What undoing will need is on the disk before the change.
    await write(place, { original, claims }, signal);
    await change();
    await write(place, { original, changed: await look(), claims }, signal);
  });
};

/** Gives a claim back; the last to do so restores the original, unless somebody else has changed it since. A claim that is not there is fine. */
export const release = async (
  place: ClaimPlace,
  whose: Whose,
  {
    signal,
    look,
    restore,
  }: { signal: AbortSignal; look: () => Promise<string>; restore: (original: string) => Promise<void> },
): Promise<void> => {
  const { host, as } = place;
  if ((await read(place, signal)) === undefined) return;
  await inCriticalSection({ host, as, path: `${fileOf(place)}.lock`, signal }, async () => {
    const before = await read(place, signal);
    const claims = before?.claims.filter((other) => !isOf(other, whose));
    if (!before || !claims || claims.length === before.claims.length) return;
    if (claims.length > 0) {
      await write(place, { ...before, claims }, signal);
      return;
    }
    if (isOurs(before, await look())) await restore(before.original);
    await host.run({ argv: ['rm', '-f', '--', fileOf(place), `${fileOf(place)}.lock`], as }, { signal });
  });
};
