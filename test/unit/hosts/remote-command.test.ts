import { describe, expect, test } from 'vitest';
import type { Command, Login } from '../../../src/hosts/host.ts';
import { killCommand, remoteCommand } from '../../../src/hosts/remote-command.ts';

const ops: Login = { user: 'ops', uid: 1000, home: '/home/ops' };
const root: Login = { user: 'root', uid: 0, home: '/root' };
const build = (command: Command, login: Login) => remoteCommand(command, { login, nonce: 'N', seconds: 60 });

const begin = 'cd /; umask 077; export LC_ALL=C; ';
const end = '; s=$?; echo "N exit $s" >&2; exit $s';
const start = `sh -c 'cd /; umask 077; export LC_ALL=C; echo "$0 start $$" >&2; exec timeout -k 5 "$@"' N 60`;

describe('remoteCommand', () => {
  test('runs a command of the login user under a time limit', () => {
    expect(build({ argv: ['cat', "it's"] }, ops)).toBe(`${begin}${start} cat 'it'\\''s'${end}`);
  });

  test.each(['ops', undefined])("needs nobody's permission for `as: %s`", (as) => {
    expect(build({ argv: ['id'], as }, ops)).toBe(`${begin}${start} id${end}`);
  });

  test('puts the time limit inside sudo, because an unprivileged login cannot end what sudo started', () => {
    expect(build({ argv: ['id'], as: 'postgres' }, ops)).toBe(`${begin}sudo -n -H -u postgres -- ${start} id${end}`);
  });

  test('shows sudo the exact command where it is to be root, as the sudoers fragment names it', () => {
    const argv = ['/usr/bin/systemctl', 'start', 'postgresql@17-main.service'];
    expect(build({ argv, as: 'root' }, ops)).toBe(
      `${begin}sudo -n -- /usr/bin/systemctl start postgresql@17-main.service${end}`,
    );
  });

  test('needs no sudo where the login is root', () => {
    expect(build({ argv: ['id'], as: 'postgres' }, root)).toBe(
      `${begin}setpriv --reuid=postgres --regid="$(id -g -- postgres)" --init-groups --reset-env -- ${start} id${end}`,
    );
    expect(build({ argv: ['id'], as: 'root' }, { ...root, user: 'toor' })).toBe(`${begin}${start} id${end}`);
  });

  test('checks a lease as its owner, inside the command, where the owner acts', () => {
    const guard = { path: '/var/lib/x/lease', epoch: 7, owner: 'postgres' };
    const text = build({ argv: ['rm', 'x'], as: 'postgres', guard }, ops);
    expect(text).toContain(`sudo -n -H -u postgres -- ${start} sh -c `);
    expect(text.endsWith(`N /var/lib/x/lease 7 rm x${end}`)).toBe(true);
  });

  test('holds the lease as its owner beside an act of root, whose command stays exact', () => {
    const guard = { path: '/var/lib/x/lease', epoch: 7, owner: 'postgres' };
    const text = build({ argv: ['/usr/bin/systemctl', 'stop', 'x'], as: 'root', guard }, ops);
    expect(text).toContain('held) sudo -n -- /usr/bin/systemctl stop x <&3');
    expect(text).toContain('N /var/lib/x/lease 7 <"$d/end"');
  });

  test.each(['-x', '', 'a b', 'a:b', '#0', 'x\ny'])('refuses %j as a user', (as) => {
    expect(() => build({ argv: ['id'], as }, ops)).toThrow('OS user');
  });

  test('refuses a command line that no kernel takes', () => {
    expect(() => build({ argv: ['echo', 'x'.repeat(200_000)] }, ops)).toThrow('too long');
  });

  test('ends a command as the user whose it is', () => {
    expect(killCommand(42, 'postgres', ops)).toBe(`sudo -n -H -u postgres -- sh -c 'kill -TERM "$1"' sh 42`);
  });
});
