import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ReplctlError } from '../errors.ts';

export interface FleetSurroundings {
  /** `--fleet`. */
  readonly fleet?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Working directory. */
  readonly directory: string;
  readonly home: string;
  /** Numeric id of the user who runs replctl. */
  readonly uid: number;
  /** Read only for `--fleet -`. */
  readStdin(): Promise<string>;
}

export interface FleetSource {
  readonly label: string;
  readonly text: string;
  /** Where relative paths start. */
  readonly directory: string;
  /** Why a `{command}` in it may not be run: someone else could have written it. */
  readonly untrusted?: string;
}

const missing = (label: string, cause: NodeJS.ErrnoException, found: 'default' | 'named'): ReplctlError =>
  new ReplctlError({
    code: 'FLEET_INVALID',
    message: `The fleet file ${label} cannot be read: ${cause.code === 'ENOENT' ? 'there is no such file' : (cause.code ?? cause.message)}.`,
    hint:
      found === 'default'
        ? 'Name it with --fleet FILE or $REPLCTL_FLEET, or write replctl.yaml from templates/replctl.example.yaml.'
        : 'Check the name given by --fleet or $REPLCTL_FLEET.',
    cause,
  });

const distrust = (stat: { uid: number; mode: number }, uid: number): string | undefined => {
  if (stat.uid !== uid && stat.uid !== 0) return 'it belongs to another user';
  if ((stat.mode & 0o022) !== 0) return 'other users can write it';
  return undefined;
};

/** `--fleet`, else `$REPLCTL_FLEET`, else `./replctl.yaml`; `-` is standard input. */
export const readFleetSource = async (surroundings: FleetSurroundings): Promise<FleetSource> => {
  const named = surroundings.fleet ?? (surroundings.environment['REPLCTL_FLEET'] || undefined);
  const label = named ?? 'replctl.yaml';
  if (label === '-') {
    return { label: '<stdin>', text: await surroundings.readStdin(), directory: surroundings.directory };
  }
  const path = resolve(surroundings.directory, label);
  try {
    const file = await open(path, 'r');
    try {
      const untrusted = distrust(await file.stat(), surroundings.uid);
      return { label, text: await file.readFile('utf8'), directory: dirname(path), ...(untrusted && { untrusted }) };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw missing(label, error as NodeJS.ErrnoException, named === undefined ? 'default' : 'named');
  }
};
