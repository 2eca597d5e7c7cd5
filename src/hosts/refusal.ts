import { ReplctlError } from '../errors.ts';
import type { Command, Login } from './host.ts';
import type { Report } from './marks.ts';
import { quoteArgv } from './quoting.ts';
import { identityOf } from './remote-command.ts';
import { sudoersFragment } from './sudoers.ts';

export interface Refused {
  readonly command: Command;
  readonly report: Report;
  readonly exitCode: number;
  readonly node: string;
  readonly login: Login;
}

const sudoRefuses =
  /^sudo: (?:a password is required|a terminal is required|.*(?:not in the sudoers|may not run sudo|not allowed))|^Sorry, user .*(?:not allowed|may not run)/m;
const noSudo = /sudo: (?:command )?not found|command not found.*sudo/;
const noUser = /^sudo: unknown user|^id: .*no such user|^setpriv: failed to parse re[ug]id/;

/**
 * Recognises that a command was never begun because the host did not let the login act as that user. A command that did start
 * said so, and whatever it writes is its own.
 */
export const refusal = ({ command, report, exitCode, node, login }: Refused): ReplctlError | undefined => {
  if (report.pid !== undefined) return undefined;
  const users = [command.as, command.guard?.owner].filter((user) => user !== undefined);
  const others = users.filter((user) => identityOf(user, login).kind !== 'login');
  if (others.length === 0) return undefined;
  const names = others.join(' and ');
  const lastLine = report.stderr.trim().split('\n').at(-1) ?? '';
  const refused = {
    code: 'AUTHENTICATION_FAILED' as const,
    node,
    details: { exitCode, stderr: report.stderr.slice(-4096) },
  };
  const noSuchUser = report.stderr.split('\n').find((line) => noUser.test(line));
  if (noSuchUser !== undefined) {
    return new ReplctlError({
      ...refused,
      message: `There is no OS user ${names} on ${node}: ${noSuchUser}`,
      hint: 'Install the database server first: its package makes the user.',
    });
  }
  const missing = noSudo.test(report.stderr);
  if (!missing && !sudoRefuses.test(report.stderr)) return undefined;
  const fragment = sudoersFragment({
    user: login.user,
    owners: others.filter((user) => user !== 'root'),
    rootCommands: command.as === 'root' ? [command.argv] : [],
  });
  return new ReplctlError({
    ...refused,
    message: missing
      ? `${login.user} has no sudo on ${node}, to run ${quoteArgv(command.argv.slice(0, 1))} as ${names}`
      : `sudo on ${node} does not let ${login.user} run ${quoteArgv(command.argv.slice(0, 1))} as ${names}: ${lastLine}`,
    hint: `${missing ? 'Install sudo, or log in as root. ' : ''}Put this into /etc/sudoers.d/replctl on ${node}:\n${fragment}`,
  });
};
