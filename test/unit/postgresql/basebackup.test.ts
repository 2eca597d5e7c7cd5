import { describe, expect, test } from 'vitest';
import { basebackupArgv, verifyArgv } from '../../../src/adapters/postgresql/steps/basebackup.ts';
import { castOf, type Unlike, type UnlikeCast } from './facts.ts';
import { workFor } from './nodes.ts';

const argvOf = (unlike: UnlikeCast = {}, wanted: Parameters<typeof workFor>[1] = {}): readonly string[] =>
  basebackupArgv(workFor(castOf(unlike), wanted));

/** A machine with that major version. */
const of = (major: number, unlike: Unlike = {}): Unlike => ({
  ...unlike,
  layout: { major, binDir: `/usr/lib/postgresql/${major}/bin` },
});

describe('pg_basebackup', () => {
  test('is called like this', () => {
    expect(argvOf()).toEqual([
      '/usr/lib/postgresql/17/bin/pg_basebackup',
      '-d',
      "host='10.0.0.11' port='5432' user='replctl_db2' passfile='/var/lib/postgresql/.replctl/orders.db2/passfile' sslmode='require' application_name='replctl_copy_r-0a1b2c3d4e' connect_timeout='10' keepalives_idle='30' keepalives_interval='10' keepalives_count='3' options='-c wal_sender_timeout=0'",
      '-w',
      '-D',
      '/var/lib/postgresql/17/main.replctl-r-0a1b2c3d4e',
      '-X',
      'stream',
      '-S',
      'replctl_db2_r0a1b2c3d4e',
      '-c',
      'fast',
      '--label',
      'replctl r-0a1b2c3d4e',
      '--compress=server-zstd:level=1',
    ]);
  });

  test.each([13, 14])('has no server-side compression on %i', (major) => {
    expect(argvOf({ leader: of(major), follower: of(major) }).join(' ')).not.toContain('--compress');
  });

  test.each([15, 16, 17, 18])('is compressed by the server on %i', (major) => {
    const argv = argvOf({ leader: of(major), follower: of(major) });
    expect(argv).toContain('--compress=server-zstd:level=1');
    expect(argv[0]).toBe(`/usr/lib/postgresql/${major}/bin/pg_basebackup`);
  });

  test.each<[string, UnlikeCast]>([
    ['the server', { leader: { server: { zstd: false } } }],
    ['the client', { follower: { disk: { zstd: false } } }],
  ])('is not compressed where %s was built without zstd', (_, unlike) => {
    expect(argvOf(unlike).join(' ')).not.toContain('--compress');
  });

  test('leaves the slot alone on a synchronous leader, where the copy would count as a standby', () => {
    const argv = argvOf({ leader: { settings: { synchronous_standby_names: '*' } } });
    expect(argv).toContain('--no-slot');
    expect(argv).not.toContain('-S');
  });

  test('leaves the slot alone where another node gives the copy: it is on the upstream', () => {
    const argv = argvOf({ source: {} });
    expect(argv).not.toContain('-S');
    expect(argv[2]).toContain("host='10.0.0.14'");
  });

  test('uses the upstream’s slot in a cascade', () => {
    const argv = argvOf({ upstream: {} });
    expect(argv).toContain('replctl_db2_r0a1b2c3d4e');
    expect(argv[2]).toContain("host='10.0.0.13'");
  });

  test.each([
    [50_000_000, '--max-rate=48828'],
    [1, '--max-rate=32'],
    [10e12, '--max-rate=1048576'],
  ])('is held to %i bytes a second with %s', (rate, flag) => {
    expect(argvOf({}, { rate })).toContain(flag);
  });

  test('maps tablespaces and the log into their staging places', () => {
    const argv = argvOf(
      {
        leader: { server: { tablespaces: [{ oid: 1, name: 'odd', path: '/srv/a=b', bytes: 1 }] } },
        follower: { disk: { wal: { dir: '/wal/17', free: 1e12, device: '9', mount: false } } },
      },
      { database: { tablespaces: { '/srv/a=b': '/mnt/c=d' } } },
    );
    expect(argv).toContain('--waldir=/wal/17.replctl-r-0a1b2c3d4e');
    expect(argv.slice(argv.indexOf('-T'))).toEqual([
      '-T',
      String.raw`/srv/a\=b=/mnt/c\=d/.replctl-r-0a1b2c3d4e/staged`,
    ]);
  });

  test.each([
    ['off', 'on', 'disable'],
    ['require', 'on', 'require'],
    ['verify-full', 'on', 'verify-full'],
    [undefined, 'on', 'require'],
    [undefined, 'off', 'disable'],
  ] as const)('with database.tls %s and ssl %s at the server has sslmode %s', (tls, ssl, mode) => {
    const argv = argvOf({ leader: { settings: { ssl } } }, { database: { tls } });
    expect(argv[2]).toContain(`sslmode='${mode}'`);
  });

  test('carries no secret', () => {
    const argv = argvOf();
    expect(argv.join(' ')).not.toMatch(/password=/);
  });
});

test('pg_verifybackup looks at everything but what replctl writes itself', () => {
  expect(verifyArgv(workFor(castOf()))).toEqual([
    '/usr/lib/postgresql/17/bin/pg_verifybackup',
    '--exit-on-error',
    '--quiet',
    '--ignore=postgresql.auto.conf',
    '--ignore=postgresql.conf',
    '--ignore=pg_hba.conf',
    '--ignore=pg_ident.conf',
    '--ignore=standby.signal',
    '--ignore=replctl.run',
    '/var/lib/postgresql/17/main.replctl-r-0a1b2c3d4e',
  ]);
});
