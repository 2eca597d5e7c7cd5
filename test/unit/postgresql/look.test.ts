import { describe, expect, test } from 'vitest';
import type { CommandResult, ReadingHost } from '../../../src/hosts/host.ts';
import type { Layout } from '../../../src/adapters/postgresql/layout.ts';
import { look } from '../../../src/adapters/postgresql/look.ts';

const layout: Layout = {
  kind: 'plain',
  major: 17,
  binDir: '/usr/lib/postgresql/17/bin',
  dataDir: '/srv/pg',
  configDir: '/srv/pg',
  port: 5432,
  socketDir: '/run/postgresql',
  osUser: 'postgres',
  home: '/var/lib/postgresql',
  control: 'pg_ctl',
};

const { signal } = new AbortController();
const pidFile = (port: number): string =>
  ['postmaster', '\t4711', '\t/srv/pg', '\t1700000000', `\t${port}`, '\t/run/postgresql', ''].join('\n');

/** A machine whose files say this. */
const nodeWith = (survey: string) => {
  const result = { exitCode: 0, stdout: survey, stderr: '', stdoutBytes: new Uint8Array() } satisfies CommandResult;
  const unused = async (): Promise<never> => Promise.reject(new Error('not asked for'));
  const login = { user: 'ops', uid: 1000, home: '/home/ops' };
  const host: ReadingHost = {
    node: 'db1',
    login,
    run: async () => result,
    duplex: unused,
    connect: unused,
    readFile: unused,
  };
  return { name: 'db1', fleet: 'lab', host, address: '10.0.0.1', database: { tablespaces: {} } };
};

/** Servers by their ports; the one at 5432 is another cluster's. */
const ask = async ({ port }: Layout): Promise<string> => {
  if (port === 5999) throw new Error('no room for one more');
  return port === 5432 ? 'another cluster' : `the server at ${port}`;
};

const lookAt = async (survey: string) => look(nodeWith(survey), layout, { depth: 'light', signal }, ask);

describe('looking at files and server at once', () => {
  test('asks again where the server listens elsewhere than it was guessed', async () => {
    const looked = await lookAt(pidFile(5433));
    expect(looked).toMatchObject({ server: 'the server at 5433', layout: { port: 5433 } });
  });

  test('takes no answer of another cluster for that of one that does not run', async () => {
    const looked = await lookAt('exists\tyes\n');
    expect(looked).not.toHaveProperty('server');
    expect(looked).not.toHaveProperty('failure');
  });

  test('takes the first answer where the guess was right', async () => {
    expect(await lookAt(pidFile(5432))).toMatchObject({ server: 'another cluster', layout: { port: 5432 } });
  });

  test('tells why a server that runs did not answer', async () => {
    const looked = await lookAt(pidFile(5999));
    expect(looked.failure).toMatchObject({ message: 'no room for one more' });
  });
});
