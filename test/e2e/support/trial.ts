import { expect } from 'vitest';
import type { Finding } from '../../../src/adapters/adapter.ts';
import type { CheckResult } from '../../../src/procedures/contract.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Machine } from '../../lab/machine.ts';
import { createReplctl, program, type Ended } from './replctl.ts';
import { command, type CommandResult } from '../../lab/command.ts';
import { mainServer } from './server.ts';
import { writeFleet, type FleetOptions } from './stage.ts';
import { fingerprint } from './traces.ts';

export interface Refused {
  readonly exitCode: number;
  readonly code: string;
  readonly node: string | null;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly details: { readonly findings?: readonly Finding[] };
}

const listing =
  "find /var/lib/postgresql /etc/postgresql /srv -maxdepth 3 -printf '%p %y %m %u %i %l\\n' | grep -v ' postmaster\\.\\|/pg_stat\\|pg_internal.init' | sort; sha256sum /etc/postgresql/*/*/* 2>/dev/null || true; ps -eo user:32=,args= | grep -E '[p]g_basebackup|[r]eplctl|[b]in/postgres ' | grep -v walsender | sort || true";

/** Debian's unit is `activating` for two seconds after its server answers. */
const isActive = async (machine: Machine): Promise<boolean> => {
  const settled = `until state=$(systemctl is-active ${machine.postgres.unit}); [ "$state" != activating ]; do sleep 0.1; done; echo "$state"`;
  return (await machine.run(settled)).stdout.trim() === 'active';
};

/** What a refused command may not change on a machine: roles, slots, settings, pg_hba.conf, directories, processes. */
export const stateOf = async (machine: Machine): Promise<string> => {
  const runs = machine.image.endsWith('-base') ? false : await isActive(machine);
  const server = runs ? await fingerprint(machine, mainServer(machine)) : 'no server runs';
  return `${server}\n${await machine.ok(listing)}`;
};

let fleets = 0;

/** Gives commands with fleet files of their own, and proves that a refusal changes nothing on these machines. */
export const createTrial = (lab: Lab, watched: readonly Machine[]) => {
  const give = async (options: FleetOptions, argv: readonly string[]): Promise<Ended> => {
    const fleet = await writeFleet(lab, { fleet: `trial-${++fleets}`, ...options });
    return createReplctl({ fleet, directory: lab.directory }).run(argv);
  };
  const states = async () => Promise.all(watched.map(stateOf));
  return {
    give,
    /** What a person sees, without a terminal. */
    screen: async (options: FleetOptions, argv: readonly string[]): Promise<CommandResult> => {
      const REPLCTL_FLEET = await writeFleet(lab, { fleet: `trial-${++fleets}`, ...options });
      const env = {
        ...process.env,
        REPLCTL_FLEET,
        REPLCTL_STATE_DIR: `${lab.directory}/screen`,
        NODE_NO_WARNINGS: '1',
      };
      return command([process.execPath, program(), ...argv], { env, timeoutSeconds: 120 });
    },
    /** The error of a command that must fail, with all of the machines as they were. */
    refusal: async (options: FleetOptions, argv: readonly string[]): Promise<Refused> => {
      const before = await states();
      const { json, exitCode, stderr } = await give(options, argv);
      if (json.ok) throw new Error(`It was accepted: ${JSON.stringify(json)}`);
      const error = json.error as unknown as Refused;
      expect(exitCode).toBe(error.exitCode);
      // Warnings may stand there, a stack may not.
      expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
      expect(error.hint).toMatch(/\w{3}/);
      expect(await states()).toEqual(before);
      return error;
    },
    /** The findings of the preflight alone, by their codes. */
    findings: async (
      options: FleetOptions,
      argv: readonly string[] = [],
    ): Promise<Readonly<Record<string, Finding>>> => {
      const before = await states();
      const { json } = await give(options, ['check', 'db2', ...argv]);
      expect(await states()).toEqual(before);
      const result = json.result as unknown as CheckResult | null;
      if (result === null) throw new Error(JSON.stringify(json));
      return Object.fromEntries(result.findings.map((finding) => [finding.code, finding]));
    },
  };
};
