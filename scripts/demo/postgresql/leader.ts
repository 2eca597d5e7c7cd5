import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../../../test/lab/command.ts';
import type { LeaderOptions } from '../local-engine.ts';

/** A new cluster in `leader`: the OS user through the socket, everybody else by password. */
export const startLeader = async (options: LeaderOptions): Promise<void> => {
  const { directory, sockets, leaderPort, binDir, env, screen, signal } = options;
  const initdb = [
    'initdb',
    '--auth-local=peer',
    '--auth-host=scram-sha-256',
    '--data-checksums',
    '-D',
    join(directory, 'leader'),
  ];
  const start = ['pg_ctl', 'start', '-D', join(directory, 'leader'), '-l', join(directory, 'leader.log')];
  const run = async (argv: readonly string[], hidden: readonly string[] = []): Promise<void> => {
    const [program = '', ...parameters] = argv;
    screen.typed(argv);
    await must([join(binDir, program), ...hidden, ...parameters], { env, signal });
  };
  await run(initdb, ['--no-sync', '--no-instructions']);
  await appendFile(
    join(directory, 'leader', 'postgresql.conf'),
    `port = ${leaderPort}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '${sockets}'\n`,
  );
  await run(start, ['-w']);
};
