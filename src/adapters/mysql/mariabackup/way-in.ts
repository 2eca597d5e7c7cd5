import { ReplctlError } from '../../../errors.ts';
import { must } from '../../../hosts/host.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, file, run as runs } from '../../action.ts';
import { installedRun } from '../../installed-run.ts';
import { saidYes } from '../../intent.ts';
import type { Work } from '../work.ts';
import {
  addKeyCommand,
  authorizedLine,
  hasFileCommand,
  hasKeyCommand,
  removeKeyCommand,
  type AuthorizedKey,
} from './authorized-key.ts';
import { forcedCommand, keyFile, knownHostsFile, sshArgv } from './pipeline.ts';

const authorized = (work: Work, publicKey: string): AuthorizedKey => ({
  publicKey,
  comment: work.copyAccount,
  command: forcedCommand(work),
  from: work.from,
});

const makeKey = (work: Work) => ({
  argv: ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', work.copyAccount, '-f', keyFile(work)],
  as: work.layouts.follower.osUser,
});

const removeFiles = (work: Work) => ({
  argv: ['rm', '-f', '--', keyFile(work), `${keyFile(work)}.pub`, knownHostsFile(work)],
  as: work.layouts.follower.osUser,
});

/** Host keys as our own, verified connection reads them on the source: the follower takes no other. */
const knownHosts = async (work: Work, signal: AbortSignal): Promise<string> => {
  const { source } = work.nodes;
  const argv = ['sh', '-c', 'cat /etc/ssh/ssh_host_*_key.pub'];
  const { stdout } = await must(source.host, { argv }, { signal });
  const port = source.sshPort ?? 22;
  const name = port === 22 ? source.address : `[${source.address}]:${port}`;
  return stdout
    .split('\n')
    .map((line) => /^((?:ssh|ecdsa)-\S+) ([A-Za-z0-9+/=]+)/.exec(line))
    .flatMap((match) => (match ? [`${name} ${match[1]} ${match[2]}\n`] : []))
    .join('');
};

const readPublicKey = async (work: Work, signal: AbortSignal): Promise<string> => {
  const { host, name } = work.nodes.follower;
  const bytes = await host.readFile(`${keyFile(work)}.pub`, { as: work.layouts.follower.osUser, signal });
  const key = /^(ssh-ed25519 [A-Za-z0-9+/=]+)/.exec(bytes === undefined ? '' : new TextDecoder().decode(bytes))?.[1];
  if (key !== undefined) return key;
  throw new ReplctlError({ code: 'FAILED', node: name, message: `${keyFile(work)}.pub on ${name} is no public key` });
};

const tryWayIn = async (work: Work, signal: AbortSignal): Promise<string | undefined> => {
  const result = await work.nodes.follower.host.run(
    { argv: [...sshArgv(work), 'try'], as: work.layouts.follower.osUser, timeoutSeconds: 30 },
    { signal },
  );
  return result.exitCode === 0 ? undefined : result.stderr.trim().split('\n').at(-1) || `exit code ${result.exitCode}`;
};

/** The follower may fetch the backup from the source, with a key of this run that can do nothing else; it is withdrawn when the copy is there. */
export const wayIn = (work: Work): Step => {
  const { follower, source } = work.nodes;
  const { osUser } = work.layouts.follower;
  return {
    id: 'transfer.way-in',
    title: `let ${follower.name} fetch a backup from ${source.name}, by ssh with a key for this run`,
    node: source.name,
    input: { source: source.name, from: [...work.from] },
    namedAfterRun: true,
    plan: () => [
      describe(runs(follower, makeKey(work))),
      describe(file(follower, { path: knownHostsFile(work), content: '…', mode: 0o600, as: osUser })),
      {
        node: source.name,
        kind: 'file',
        as: source.host.login.user,
        text: `edit ~/.ssh/authorized_keys: add\n${authorizedLine(authorized(work, 'ssh-ed25519 …'))}`,
      },
    ],
    probe: async ({ signal }) => {
      if ((await installedRun(follower, work.layouts.follower, signal)) === work.run || (await isCopied(work, signal)))
        return { state: 'done', evidence: 'the backup is there' };
      if ((await source.host.run(hasKeyCommand(work.copyAccount), { signal })).exitCode !== 0)
        return { state: 'absent' };
      const refused = await tryWayIn(work, signal);
      return refused === undefined
        ? { state: 'done', evidence: `${follower.name} gets in to ${source.name}` }
        : { state: 'partial', evidence: `${source.name} does not let ${follower.name} in: ${refused}` };
    },
    intent: async ({ signal }) => ({ existed: (await source.host.run(hasFileCommand, { signal })).exitCode === 0 }),
    apply: async ({ signal, intent }) => {
      // The key of an attempt that was cut off is kept where it opens the way.
      if ((await source.host.run(hasKeyCommand(work.copyAccount), { signal })).exitCode === 0) {
        if ((await tryWayIn(work, signal)) === undefined) return;
      }
      const guard = work.context.guard();
      await must(follower.host, { ...removeFiles(work), guard }, { signal });
      await must(follower.host, { ...makeKey(work), guard }, { signal });
      const content = await knownHosts(work, signal);
      await follower.host.writeFile(
        { path: knownHostsFile(work), content, mode: 0o600, as: osUser, guard },
        { signal },
      );
      const key = authorized(work, await readPublicKey(work, signal));
      // Of an attempt that was cut off there may be another key.
      await must(source.host, removeKeyCommand(key.comment, saidYes(intent, 'existed')), { signal });
      await must(source.host, addKeyCommand(key), { signal });
    },
    undo: async ({ signal, intent }) => {
      const withdraw = removeKeyCommand(work.copyAccount, saidYes(intent, 'existed'));
      if (!source.gone) await must(source.host, withdraw, { signal });
      if (!follower.gone) await must(follower.host, removeFiles(work), { signal });
    },
  };
};

/** A backup that has come over whole, prepared or not. */
export const isCopied = async (work: Work, signal: AbortSignal): Promise<boolean> => {
  const script = '[ -f "$1/mariadb_backup_info" ] || [ -f "$1/xtrabackup_info" ] || [ -f "$1/replctl.position" ]';
  const { exitCode } = await work.nodes.follower.host.run(
    { argv: ['sh', '-c', script, 'copied', work.place.staged], as: work.layouts.follower.osUser },
    { signal },
  );
  return exitCode === 0;
};

/** As soon as the copy is there; the file was there before us where anything is left in it. */
export const withdrawWayIn = async (work: Work, signal: AbortSignal): Promise<void> => {
  await must(work.nodes.source.host, removeKeyCommand(work.copyAccount, false), { signal });
  await must(work.nodes.follower.host, removeFiles(work), { signal });
};

export const holdsWayIn = async (work: Work, signal: AbortSignal): Promise<boolean> =>
  (await work.nodes.source.host.run(hasKeyCommand(work.copyAccount), { signal })).exitCode === 0;
