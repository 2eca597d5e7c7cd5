import { isReplctlError, ReplctlError } from '../../../errors.ts';
import { must } from '../../../hosts/host.ts';
import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import { describe, sql } from '../../action.ts';
import { installedRun } from '../../installed-run.ts';
import { quoteAccount, quoteLiteral } from '../names.ts';
import { whileThereIsRoom } from '../room.ts';
import { inScratch, isScratchRunning, startScratch, type ScratchServer } from '../scratch-server.ts';
import { positionFile } from '../steps/copy-position.ts';
import type { Work } from '../work.ts';
import { isFinished } from './copy.ts';
import { installPlugins, parsePlugins, type Plugins } from './plugins.ts';
import { spoolOf } from './spool.ts';
import { loader, loadTarget } from './target.ts';

const enableRedo = 'ALTER INSTANCE ENABLE INNODB REDO_LOG';

/** Off, a crash would be the end of the follower: it is looked whether it is really on. */
const requireRedo = async (scratch: ScratchServer, signal: AbortSignal): Promise<void> => {
  const [row] = await inScratch(scratch, signal, async (session) => {
    await session.query(enableRedo);
    return session.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Innodb_redo_log_enabled'");
  });
  if (row?.Value === 'ON') return;
  throw new ReplctlError({
    code: 'FAILED',
    node: scratch.node.name,
    message: `the redo log of the copy on ${scratch.node.name} could not be turned on again`,
    hint: 'See the log of the server for the copy; abandon the run.',
  });
};

/** Accounts come last: they take the place of the administrator with whom all was loaded. */
const loadAccounts = async (work: Work, scratch: ScratchServer, signal: AbortSignal): Promise<void> => {
  const { clientDir, flavour, osUser } = work.layouts.follower;
  const client = [
    `${clientDir}/${flavour}`,
    '--no-defaults',
    `--socket=${scratch.layout.socket}`,
    `--user=${loader}`,
    '--default-character-set=utf8mb4',
    '--binary-mode',
  ];
  const script = 'file=$1; shift; exec "$@" <"$file"';
  await must(
    work.nodes.follower.host,
    {
      argv: ['sh', '-c', script, 'accounts', `${spoolOf(work)}/accounts.sql`, ...client],
      as: osUser,
      guard: work.context.guard(),
      timeoutSeconds: 1800,
    },
    { signal },
  );
};

/** Plugins and components, as the dump read them. */
const readPlugins = async (work: Work, signal: AbortSignal): Promise<Plugins> => {
  const read = async (name: string): Promise<string> => {
    const path = `${spoolOf(work)}/${name}`;
    const bytes = await work.nodes.follower.host.readFile(path, { as: work.layouts.follower.osUser, signal });
    return new TextDecoder().decode(bytes ?? new Uint8Array());
  };
  return parsePlugins((await read('plugins.tsv')) + (await read('components.tsv')));
};

/** Accounts of the leader, as the dump read them beside the statements: a line each, name and host. */
const wantedAccounts = async (work: Work, signal: AbortSignal): Promise<ReadonlySet<string>> => {
  const bytes = await work.nodes.follower.host.readFile(`${spoolOf(work)}/account-names.tsv`, {
    as: work.layouts.follower.osUser,
    signal,
  });
  return new Set(
    new TextDecoder()
      .decode(bytes ?? new Uint8Array())
      .split('\n')
      .filter(Boolean),
  );
};

const ofTheServer = ['mysql.infoschema', 'mysql.session', 'mysql.sys', 'mariadb.sys', loader];

/** What the server's package made, and the leader has not. */
const dropOthers = async (work: Work, scratch: ScratchServer, signal: AbortSignal): Promise<void> => {
  const wanted = await wantedAccounts(work, signal);
  await inScratch(scratch, signal, async (session) => {
    const rows = await session.query<{ user: string; host: string }>(
      "SELECT User AS 'user', Host AS host FROM mysql.user",
    );
    for (const { user, host } of rows)
      if (!ofTheServer.includes(user) && !wanted.has(`${user}\t${host}`))
        // A role of MariaDB's has no host.
        await session.query(
          host === '' ? `DROP ROLE IF EXISTS ${quoteLiteral(user)}` : `DROP USER IF EXISTS ${quoteAccount(user, host)}`,
        );
    await session.query('DROP DATABASE IF EXISTS replctl_load');
  });
};

const readSpooledPosition = async (work: Work, signal: AbortSignal): Promise<string> => {
  const { host, name } = work.nodes.follower;
  const bytes = await host.readFile(`${spoolOf(work)}/position`, { as: work.layouts.follower.osUser, signal });
  const [file = '', position = '', gtid = ''] = new TextDecoder()
    .decode(bytes ?? new Uint8Array())
    .trimEnd()
    .split('\t');
  if (!/^\d+$/.test(position))
    throw new ReplctlError({
      code: 'FAILED',
      node: name,
      message: `the dump on ${name} does not say at which position it was taken`,
      hint: `It cannot be followed from: replctl abandon ${work.run}, and add the follower again.`,
    });
  const isLeader = work.nodes.source.name === work.nodes.leader.name;
  return `${JSON.stringify({ gtid, file: isLeader ? file : null, position: isLeader ? Number(position) : null })}\n`;
};

/** The loader goes in its own session, which may still end the server. */
const endServer = async (scratch: ScratchServer, signal: AbortSignal): Promise<void> => {
  await inScratch(scratch, signal, async (session) => {
    await session.query('SET GLOBAL innodb_fast_shutdown = 1');
    await session.query(`DROP USER IF EXISTS '${loader}'@'localhost'`);
    await session.query('SHUTDOWN');
  }).catch((error: unknown) => {
    // It may be gone before it has answered.
    if (!isReplctlError(error) || error.code !== 'DATABASE_UNREACHABLE') throw error;
  });
  await poll(
    {
      first: 100,
      every: 500,
      timeout: 1_800_000,
      signal,
      what: `the end of the copy's server on ${scratch.node.name}`,
    },
    async () => !(await isScratchRunning(scratch, signal)) || undefined,
  );
};

/** What was loaded becomes a data directory like any other: its redo log on, the leader's accounts and no others, cleanly closed, with its position. */
export const finishDump = (work: Work): Step => {
  const { follower } = work.nodes;
  const { osUser } = work.layouts.follower;
  const scratch = loadTarget(work);
  return {
    id: 'transfer.finish',
    title: `close the copy on ${follower.name}, with ${work.nodes.source.name}'s accounts`,
    node: follower.name,
    input: { staged: work.place.staged },
    namedAfterRun: true,
    plan: () => [
      ...(work.dialect.flavour === 'mysql' ? [describe(sql(follower, enableRedo))] : []),
      describe(sql(follower, 'the accounts of the dump')),
      describe(sql(follower, 'SHUTDOWN')),
    ],
    probe: async ({ signal }) => {
      if ((await installedRun(follower, work.layouts.follower, signal)) === work.run)
        return { state: 'done', evidence: "the copy was closed before it became the follower's data directory" };
      return (await isFinished(work, signal))
        ? { state: 'done', evidence: 'the copy is closed, and says where it was taken' }
        : { state: 'absent' };
    },
    intent: async () => null,
    apply: async (context) => {
      const { signal, progress } = context;
      const content = await readSpooledPosition(work, signal);
      await whileThereIsRoom(work, context, async (until) => {
        await startScratch(work, scratch, until);
        progress({ phase: 'accounts' });
        await installPlugins(scratch, await readPlugins(work, until), until);
        await loadAccounts(work, scratch, until);
        await dropOthers(work, scratch, until);
        if (work.dialect.flavour === 'mysql') await requireRedo(scratch, until);
        progress({ phase: 'closing' });
        await endServer(scratch, until);
      });
      const path = positionFile(work.place.staged);
      await follower.host.writeFile(
        { path, content, mode: 0o600, as: osUser, guard: work.context.guard() },
        { signal },
      );
    },
  };
};
