import { describe, expect, test } from 'vitest';
import { parseAutoConf } from '../../../src/adapters/postgresql/auto-conf.ts';
import { maskedConf, standbyConf } from '../../../src/adapters/postgresql/steps/standby-conf.ts';
import { standbyFiles } from '../../../src/adapters/postgresql/steps/standby-files.ts';
import { castOf, type UnlikeCast } from './facts.ts';
import { workFor } from './nodes.ts';

const confOf = (unlike: UnlikeCast = {}, copied = ''): string => standbyConf(workFor(castOf(unlike)), copied);
const settingsOf = (...args: Parameters<typeof confOf>) => Object.fromEntries(parseAutoConf(confOf(...args)));

const ofTheLeader = [
  "work_mem = '64MB'",
  "port = '6543'",
  "listen_addresses = '10.0.0.11'",
  "archive_command = 'cp %p /archive/%f'",
  "primary_conninfo = 'host=old password=hunter2'",
  "primary_slot_name = 'somebody'",
  "cluster_name = 'the leader'",
  "synchronous_standby_names = 'db2'",
  "max_connections = '300'",
  '',
].join('\n');

describe('the follower’s postgresql.auto.conf', () => {
  test('is written like this', async () => {
    const conf = confOf(
      {
        leader: { settings: { max_connections: '300' } },
        follower: {
          disk: { autoConf: "listen_addresses = '10.0.0.12'\nwork_mem = '1MB'\nprimary_conninfo = 'host=x'\n" },
        },
      },
      ofTheLeader,
    );
    await expect(conf).toMatchFileSnapshot('golden/postgresql.auto.conf.txt');
  });

  test('is shown without what a user may have put into it', () => {
    const conf = maskedConf("archive_command = 'put --token abc %p'\nmy.api_key = 'abc'\nwork_mem = '1MB'\n");
    expect(conf.shown).toBe("archive_command = '********'\nmy.api_key = '********'\nwork_mem = '1MB'\n");
    expect(conf.reveal()).toContain('--token abc');
  });

  test('takes the leader’s settings, but none that belongs to the leader’s machine', () => {
    const settings = settingsOf({}, ofTheLeader);
    expect(settings).toMatchObject({ work_mem: '64MB', max_connections: '100' });
    for (const name of ['port', 'listen_addresses', 'archive_command', 'cluster_name', 'synchronous_standby_names'])
      expect(settings).not.toHaveProperty(name);
    expect(confOf({}, ofTheLeader)).not.toContain('hunter2');
  });

  test('is the same when it is made of a copy that has it already', () => {
    const unlike = {
      leader: { settings: { max_connections: '300' } },
      follower: { disk: { autoConf: "port = '5433'\nlisten_addresses = '10.0.0.12'\n" } },
    };
    const once = confOf(unlike, ofTheLeader);
    expect(confOf(unlike, once)).toBe(once);
  });

  test('keeps what belongs to this machine, but not where it followed before', () => {
    const autoConf =
      "port = '5433'\nssl_key_file = '/etc/key'\nprimary_slot_name = 'old'\nrecovery_target_time = 'x'\nwork_mem = '1MB'\n";
    const settings = settingsOf({ follower: { disk: { autoConf } } });
    expect(settings).toMatchObject({
      port: '5433',
      ssl_key_file: '/etc/key',
      primary_slot_name: 'replctl_db2_r0a1b2c3d4e',
    });
    expect(settings['recovery_target_time']).toBe('');
    expect(settings).not.toHaveProperty('work_mem');
  });

  test('has no target at which recovery would end, whatever a postgresql.conf says', () => {
    const settings = settingsOf({});
    for (const kind of ['', '_lsn', '_name', '_time', '_xid']) expect(settings[`recovery_target${kind}`]).toBe('');
    expect(settings['recovery_target_timeline']).toBe('latest');
    // Unknown from 16 on: the server would not start.
    expect(settings).not.toHaveProperty('promote_trigger_file');
    expect(settingsOf({ follower: { layout: { major: 15 } } })).toMatchObject({ promote_trigger_file: '' });
  });

  test('follows the upstream, by a password that lies outside the data directory', () => {
    const { primary_conninfo: info } = settingsOf({ upstream: {} });
    expect(info).toContain("host='10.0.0.13' port='5432' user='replctl_db2'");
    expect(info).toContain("passfile='/var/lib/postgresql/.replctl/orders.db2/passfile'");
    expect(info).toContain("application_name='db2'");
    expect(info).not.toContain('password=');
  });

  test.each([
    ['more than its own', '300', '100', '300'],
    ['less than its own', '100', '300', undefined],
    ['as much as its own', '100', '100', undefined],
  ])('raises a setting where the leader has %s', (_, leader, own, written) => {
    const settings = settingsOf({
      leader: { settings: { max_wal_senders: leader } },
      follower: { settings: { max_wal_senders: own } },
    });
    expect(settings['max_wal_senders']).toBe(written);
  });

  test('never takes less than its own along from the leader', () => {
    const settings = settingsOf({ follower: { settings: { max_connections: '500' } } }, "max_connections = '100'\n");
    expect(settings['max_connections']).toBe('500');
  });

  test('goes by the configuration of a server that is down', () => {
    const settings = settingsOf({
      leader: { settings: { max_worker_processes: '16' } },
      follower: {
        server: null,
        disk: { serverProcess: false, settings: { max_worker_processes: '4', max_connections: '100' } },
      },
    });
    expect(settings['max_worker_processes']).toBe('16');
  });

  test('gives a directory that brings no configuration its own port and addresses, and no archiving', () => {
    const settings = settingsOf(
      {
        follower: {
          layout: { kind: 'plain', dataDir: '/srv/pg', port: 5433, socketDir: '/run/pg' },
          server: null,
          disk: { entries: 0, serverProcess: false },
        },
      },
      ofTheLeader,
    );
    expect(settings).toMatchObject({
      port: '5433',
      listen_addresses: 'localhost, 10.0.0.12',
      unix_socket_directories: '/run/pg',
      archive_mode: 'off',
    });
  });

  test('looks for no configuration in a directory to be replaced that is no cluster', () => {
    const follower = {
      layout: { kind: 'plain' as const, dataDir: '/srv/pg', port: 5433, socketDir: '/run/pg' },
      server: null,
      disk: { entries: 3, dataVersion: '', control: null, serverProcess: false },
    };
    expect(settingsOf({ follower })).toMatchObject({ port: '5433' });
    const planned = standbyFiles(workFor(castOf({ follower }), { replace: true })).plan();
    expect(planned.filter(({ text }) => text.startsWith('cp '))).toEqual([]);
  });

  test('is refused where a setting holds a line break', () => {
    const follower = { layout: { home: '/home/a\nb' } };
    expect(() => confOf({ follower })).toThrow('line break');
  });
});
