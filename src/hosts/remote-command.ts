import { ReplctlError } from '../errors.ts';
import type { Command, Login } from './host.ts';
import { actBesideHolder, guardedArgv, holderArgv } from './lease-guard.ts';
import { quoteArgv, quoteWord, shell } from './quoting.ts';

/** Seconds between the TERM and the KILL of a command that is to end. */
export const killAfterSeconds = 5;

// After `exec` the reported process id is that of `timeout`, which heads the command's own process group and hands a TERM on to all of it.
const start = `cd /; umask 077; export LC_ALL=C; echo "$0 start $$" >&2; exec timeout -k ${killAfterSeconds} "$@"`;

const inScope = `
unit=$1
shift
if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then
  exec systemd-run --scope --quiet --collect --unit="$unit" -p TimeoutStopSec=10s -- "$@"
fi
exec "$@"
`;

/** The kernel takes no longer argument, and the whole text is one of the login shell's. */
const longestText = 120_000;

const checkLength = (text: string): string => {
  if (Buffer.byteLength(text) <= longestText) return text;
  throw new ReplctlError({
    code: 'BUG',
    message: `A command line of ${text.length} characters is too long for a host: ${text.slice(0, 200)}…`,
    hint: 'What is that long goes by standard input.',
  });
};

const checkUser = (user: string): void => {
  if (!/^[^-+#%:/\s\0][^:/\s\0]*$/.test(user)) {
    throw new ReplctlError({ code: 'BUG', message: `${JSON.stringify(user)} is no name of an OS user` });
  }
};

/** Who a command runs as, seen from the login: the same user, another one by setpriv or sudo, or exact commands as root by sudo. */
type Identity =
  | { readonly kind: 'login' }
  | { readonly kind: 'setpriv' | 'sudo'; readonly user: string }
  | { readonly kind: 'exact-root' };

export const identityOf = (as: string | undefined, login: Login): Identity => {
  if (as === undefined || as === login.user || (as === 'root' && login.uid === 0)) return { kind: 'login' };
  checkUser(as);
  if (login.uid === 0) return { kind: 'setpriv', user: as };
  return as === 'root' ? { kind: 'exact-root' } : { kind: 'sudo', user: as };
};

const asIdentity = (identity: Identity, argv: readonly string[]): string => {
  switch (identity.kind) {
    case 'login':
      return quoteArgv(argv);
    case 'setpriv': {
      const user = quoteWord(identity.user);
      return `setpriv --reuid=${user} --regid="$(id -g -- ${user})" --init-groups --reset-env -- ${quoteArgv(argv)}`;
    }
    case 'sudo':
      return `sudo -n -H -u ${quoteArgv([identity.user, '--', ...argv])}`;
    case 'exact-root':
      // The sudoers fragment names exact commands: no wrapper, no environment, no `timeout` (which could not signal root's process).
      return `sudo -n -- ${quoteArgv(argv)}`;
  }
};

const startArgv = (nonce: string, seconds: number, argv: readonly string[]): string[] =>
  shell(start, nonce, [String(seconds), ...argv]);

const withoutGuard = (command: Command, identity: Identity, nonce: string, seconds: number): string => {
  if (identity.kind === 'exact-root') return asIdentity(identity, command.argv);
  const text = asIdentity(identity, startArgv(nonce, seconds, command.argv));
  if (command.scope === undefined || identity.kind === 'sudo') return text;
  return `${quoteArgv(shell(inScope, 'sh', [command.scope]))} ${text}`;
};

const withGuard = (command: Command, login: Login, nonce: string, seconds: number): string => {
  const { guard, ...bare } = command;
  const identity = identityOf(command.as, login);
  if (guard === undefined) return withoutGuard(bare, identity, nonce, seconds);
  const runner = command.as ?? login.user;
  if (runner === guard.owner) {
    return withoutGuard({ ...bare, argv: guardedArgv(guard, nonce, command.argv) }, identity, nonce, seconds);
  }
  const holder = asIdentity(identityOf(guard.owner, login), holderArgv(guard, nonce));
  return actBesideHolder(holder, withoutGuard(bare, identity, nonce, seconds), nonce);
};

export interface RemoteCommandOptions {
  readonly login: Login;
  /** Begins the lines in stderr by which the command line reports on itself. */
  readonly nonce: string;
  /** Host-side limit; 0: none. */
  readonly seconds: number;
}

/**
 * The text that the login user's shell runs for a command. The shell stays as the parent so that the exit code is a number in
 * every transport, and says it in stderr too, where a transport's own way of telling it is ambiguous (`ssh` and 255).
 */
export const remoteCommand = (command: Command, { login, nonce, seconds }: RemoteCommandOptions): string =>
  checkLength(
    `cd /; umask 077; export LC_ALL=C; ${withGuard(command, login, nonce, seconds)}; s=$?; echo "${nonce} exit $s" >&2; exit $s`,
  );

/** Ends the command whose `timeout` has this process id. */
export const killCommand = (pid: number, as: string | undefined, login: Login): string =>
  asIdentity(identityOf(as, login), ['sh', '-c', 'kill -TERM "$1"', 'sh', String(pid)]);
