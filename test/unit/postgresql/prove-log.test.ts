import { describe, expect, test } from 'vitest';
import { proveLog } from '../../../src/adapters/postgresql/steps/prove-log.ts';
import type { Command, CommandResult } from '../../../src/hosts/host.ts';
import { castOf } from './facts.ts';
import { contextFor } from './nodes.ts';
import { workOf } from '../../../src/adapters/postgresql/work.ts';

const label = 'START WAL LOCATION: 0/3000028 (file 000000010000000000000003)\nSTART TIMELINE: 1\n';
const answer = (stdout: string): CommandResult => ({ exitCode: 0, stdout, stderr: '', stdoutBytes: new Uint8Array() });

/** The proof over a copy in staging whose control file says this. */
const proofOver = (systemIdentifier: string) => {
  const context = contextFor(castOf());
  const { follower } = context.nodes;
  const run = async ({ argv }: Command): Promise<CommandResult> => {
    if (!argv[0]!.endsWith('/pg_controldata')) throw new Error(`went on to ${argv.join(' ')}`);
    return answer(
      `pg_control version number:            1300\nDatabase system identifier:           ${systemIdentifier}\n`,
    );
  };
  const readFile = async (path: string) => (path.endsWith('/backup_label') ? Buffer.from(label) : undefined);
  const nodes = { ...context.nodes, follower: { ...follower, host: { ...follower.host, run, readFile } } };
  return proveLog(workOf({ ...context, nodes })).probe({
    signal: new AbortController().signal,
    output: () => undefined,
  });
};

describe('before the log of a copy is compared with the slot', () => {
  test('a copy of another cluster is refused: the leader was made anew between two attempts', async () => {
    await expect(proofOver('7999999999999999999')).rejects.toThrow(/of another cluster .*7999999999999999999/);
  });

  test('one of the leader’s cluster is looked at further', async () => {
    await expect(proofOver(castOf().leader.server!.systemIdentifier)).rejects.toThrow(/went on|asked a host/);
  });
});
