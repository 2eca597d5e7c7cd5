import { ReplctlError } from '../errors.ts';

/** Keys and indexes from the top of the fleet file to the place that is meant. */
export type FleetPath = readonly (string | number)[];

export interface Problem {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What is wrong before it is known where: `at` names the key, or the value at it. */
export interface Complaint {
  readonly path: FleetPath;
  readonly at: 'key' | 'value';
  readonly message: string;
}

const byPosition = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column;

/** FLEET_INVALID with every problem in the order of the file, one line each: `replctl.yaml:7:5: …`. */
export const fleetInvalid = (file: string, problems: readonly Problem[]): ReplctlError => {
  const sorted = problems.toSorted(byPosition);
  return new ReplctlError({
    code: 'FLEET_INVALID',
    message: sorted.map((problem) => `${file}:${problem.line}:${problem.column}: ${problem.message}`).join('\n'),
    hint: 'Correct the fleet file; docs/fleet-file.md lists every key.',
    details: { file, problems: sorted },
  });
};
