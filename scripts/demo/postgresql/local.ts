import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../../../test/lab/command.ts';
import type { LocalEngine } from '../local-engine.ts';
import { postgresql } from './engine.ts';
import { startLeader } from './leader.ts';

export const localPostgresql: LocalEngine = {
  engine: postgresql,
  startLeader,
  fleetFile: ({ directory, sockets, leaderPort, followerPort }) => `fleet: demo
engine: postgresql
database: { socket: ${sockets} }
nodes:
  leader:
    transport: local
    database: { port: ${leaderPort}, dataDir: ${directory}/leader }
  follower:
    follows: leader
    transport: local
    database: { port: ${followerPort}, dataDir: ${directory}/follower }
`,
  reaching: ({ sockets, leaderPort, followerPort }, node) => ({
    env: { PGHOST: sockets, PGPORT: String(node === 'leader' ? leaderPort : followerPort) },
    words: [],
  }),
  stop: async (binDir, data) => {
    if (await readFile(join(data, 'postmaster.pid')).catch(() => undefined))
      await command([join(binDir, 'pg_ctl'), '-D', data, '-m', 'immediate', 'stop']);
  },
};
