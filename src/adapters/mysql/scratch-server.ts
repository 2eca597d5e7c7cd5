import { ReplctlError, isReplctlError } from '../../errors.ts';
import { must, type Command } from '../../hosts/host.ts';
import { cancelJob, inspectJob, removeJob, startJob, type JobHandle } from '../../hosts/job.ts';
import { poll } from '../../workflow/waiting.ts';
import type { Node } from '../adapter.ts';
import type { Layout } from './layout.ts';
import { withSession } from './with-session.ts';
import type { Session } from './session.ts';
import type { Work } from './work.ts';

/**
 * A server of the follower's own binaries that only this run knows: it reads no option file, has no network, and its socket lies in a directory of the
 * server's OS user alone, so that its administrator needs no password. It is a job, and so outlives us.
 */
export interface ScratchServer {
  readonly node: Node;
  /** For sessions: with its own data directory and socket. */
  readonly layout: Layout;
  readonly job: JobHandle;
  readonly argv: readonly string[];
}

/** A unix socket's path ends at 107 bytes. */
const longestSocket = 107;

/** An index is sorted in files as large as itself: `/tmp` may be in memory (Debian 13 makes it so), and ends at half of that. */
const temporary = (workDir: string): string => `${workDir}/tmp`;

const common = (workDir: string, dataDir: string, socket: string): readonly string[] => [
  '--no-defaults',
  `--datadir=${dataDir}`,
  `--tmpdir=${temporary(workDir)}`,
  `--socket=${socket}`,
  `--pid-file=${workDir}/scratch.pid`,
  '--skip-networking',
  '--skip-log-bin',
  '--event-scheduler=OFF',
];

export const scratchServer = (
  work: Work,
  {
    dataDir,
    options,
    sqlUser = 'root',
  }: { readonly dataDir: string; readonly options: readonly string[]; readonly sqlUser?: string },
): ScratchServer => {
  const layout = work.layouts.follower;
  const node = work.nodes.follower;
  const socket = `${work.workDir}/s`;
  if (Buffer.byteLength(socket) > longestSocket)
    throw new ReplctlError({
      code: 'FAILED',
      node: node.name,
      message: `${socket} is too long for a socket`,
      hint: 'Give the data directory a shorter path.',
    });
  // Loose: what an older 8.0 does not know yet (8.0.26, 27 and 30) it does without.
  const flavoured =
    layout.flavour === 'mysql' ? ['--mysqlx=OFF', '--loose-skip-replica-start'] : ['--skip-slave-start'];
  return {
    // It has an administrator of its own: what the fleet file says is of the follower's server.
    node: { ...node, database: { tablespaces: {} } },
    layout: { ...layout, dataDir, socket, adminUser: layout.osUser, sqlUser },
    job: { id: `scratch-${work.run}`, directory: layout.jobsDir, as: layout.osUser },
    argv: [
      layout.server,
      ...common(work.workDir, dataDir, socket),
      `--log-error=${work.workDir}/scratch.log`,
      ...flavoured,
      ...options,
    ],
  };
};

/** Small and careless: what a power cut breaks is made anew. */
const initialising = [
  '--innodb-flush-method=nosync',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-buffer-pool-size=32M',
];

/** Nobody connects by the network: three pairs of keys need not be made, which takes a second. */
export const withoutKeys = [
  '--auto-generate-certs=OFF',
  '--loose-sha256-password-auto-generate-rsa-keys=OFF',
  '--loose-caching-sha2-password-auto-generate-rsa-keys=OFF',
];

/** Fills an empty data directory as the server's package would; its root needs no password. */
export const initialiseCommand = (
  { layout }: Pick<ScratchServer, 'layout'>,
  options: readonly string[] = [],
): Command => {
  const { flavour, server, clientDir, dataDir, osUser } = layout;
  const argv =
    flavour === 'mysql'
      ? [
          server,
          '--no-defaults',
          '--initialize-insecure',
          `--datadir=${dataDir}`,
          '--skip-log-bin',
          '--innodb-doublewrite=0',
          // A smaller log is waited for, half a second; and so is the end of native AIO (9.7: 2.9 s with both, 1.6 without).
          '--loose-innodb-redo-log-capacity=67108864',
          '--innodb-use-native-aio=OFF',
          '--log-error-verbosity=1',
          ...withoutKeys,
          ...initialising,
        ]
      : [
          `${clientDir}/mariadb-install-db`,
          '--no-defaults',
          `--datadir=${dataDir}`,
          '--skip-test-db',
          '--auth-root-authentication-method=normal',
          ...initialising,
        ];
  return { argv: [...argv, ...options], as: osUser, timeoutSeconds: 600 };
};

const answers = async ({ node, layout }: ScratchServer, signal: AbortSignal): Promise<boolean> => {
  try {
    await withSession(node, layout, { signal }, (session) => session.query('SELECT 1'));
    return true;
  } catch (error) {
    if (isReplctlError(error) && error.code === 'DATABASE_UNREACHABLE') return false;
    throw error;
  }
};

const logOf = async ({ node, layout }: ScratchServer, workDir: string): Promise<string> => {
  const argv = ['tail', '-n', '3', '--', `${workDir}/scratch.log`];
  return (await node.host.run({ argv, as: layout.osUser })).stdout.trim();
};

/** Starts it where it does not run, and returns when it answers. */
export const startScratch = async (work: Work, scratch: ScratchServer, signal: AbortSignal): Promise<void> => {
  const { host } = scratch.node;
  const state = await inspectJob(host, scratch.job, { signal });
  if (state.state !== 'running') {
    if (state.state !== 'absent') await removeJob(host, scratch.job);
    await startJob(host, { ...scratch.job, argv: scratch.argv, guard: work.context.guard() });
  }
  await poll(
    {
      first: 50,
      every: 100,
      timeout: 600_000,
      signal,
      what: `the start of a server for the copy on ${scratch.node.name}`,
    },
    async () => {
      if (await answers(scratch, signal)) return true;
      const now = await inspectJob(host, scratch.job, { signal });
      if (now.state === 'running') return undefined;
      throw new ReplctlError({
        code: 'FAILED',
        node: scratch.node.name,
        message: `the server for the copy did not start: ${await logOf(scratch, work.workDir)}`,
        hint: 'Mend what its log says, then resume.',
      });
    },
  );
};

export const isScratchRunning = async ({ node, job }: ScratchServer, signal: AbortSignal): Promise<boolean> =>
  (await inspectJob(node.host, job, { signal })).state === 'running';

/** A clean shutdown, waited for: its files are whole afterwards. Where it does not run that is all. */
export const stopScratch = async (scratch: ScratchServer, signal: AbortSignal): Promise<void> => {
  const { host, name } = scratch.node;
  if (!(await isScratchRunning(scratch, signal))) return;
  await withSession(scratch.node, scratch.layout, { signal }, (session) => session.query('SHUTDOWN')).catch(
    (error: unknown) => {
      // It may be gone before it has answered.
      if (!isReplctlError(error) || error.code !== 'DATABASE_UNREACHABLE') throw error;
    },
  );
  await poll(
    { first: 50, every: 200, timeout: 1_800_000, signal, what: `the end of the copy's server on ${name}` },
    async () => {
      const state = await inspectJob(host, scratch.job, { signal });
      return state.state !== 'running' || undefined;
    },
  );
};

const killScript = 'process=$(cat -- "$1" 2>/dev/null) && kill -KILL "$process"; exit 0';

/** For one whose own files nobody needs: a clean shutdown would only take its time. */
export const killScratch = async (work: Work, scratch: ScratchServer, signal: AbortSignal): Promise<void> => {
  const argv = ['sh', '-c', killScript, 'kill', `${work.workDir}/scratch.pid`];
  await must(scratch.node.host, { argv, as: work.layouts.follower.osUser, guard: work.context.guard() }, { signal });
  await dropScratch(scratch);
};

/** Ends it however it stands, and forgets it. */
export const dropScratch = async ({ node, job }: Pick<ScratchServer, 'node' | 'job'>): Promise<void> => {
  await cancelJob(node.host, job);
  await removeJob(node.host, job);
};

export const inScratch = async <T>(
  { node, layout }: ScratchServer,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
): Promise<T> => withSession(node, layout, { signal }, work);

export const makeWorkDir = (work: Work): readonly Command[] => {
  const shared = { as: work.layouts.follower.osUser, guard: work.context.guard() };
  return [
    { ...shared, argv: ['rm', '-rf', '--', work.workDir, work.place.staged], timeoutSeconds: 3600 },
    { ...shared, argv: ['mkdir', '-p', '-m', '700', '--', work.workDir, temporary(work.workDir)] },
  ];
};

/** What a copy that was given up leaves; the directory around both goes where nothing else is in it. */
export const removeWorkDir = async (work: Work, signal: AbortSignal): Promise<void> => {
  const { host } = work.nodes.follower;
  const shared = { as: work.layouts.follower.osUser, guard: work.context.guard() };
  await must(
    host,
    { ...shared, argv: ['rm', '-rf', '--', work.workDir, work.place.staged], timeoutSeconds: 3600 },
    { signal },
  );
  if (work.place.mode === 'entries')
    await host.run({ argv: ['rmdir', '--', work.place.staged.replace(/\/staged$/, '')], as: shared.as }, { signal });
};
