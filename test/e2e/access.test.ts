import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AddFollowerResult, StatusResult } from '../../src/procedures/contract.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { compare } from './support/compare.ts';
import { describeWithEverything } from './support/extent.ts';
import { createReplctl, type Replctl } from './support/replctl.ts';
import { mainServer, type Server } from './support/server.ts';
import { writeFleet } from './support/stage.ts';

type Transport = 'auto' | 'ssh2' | 'openssh';

/** The leader is also the bastion of a network that nobody else reaches: it has two addresses. */
describeWithEverything('how hosts and databases are reached', () => {
  let lab: Lab;
  let machines: Record<'leader' | 'hidden' | 'open', Machine>;
  let leader: Server;
  let inner: string;
  const operator = async (name: 'hidden' | 'open', user: string, transport: Transport): Promise<Replctl> => {
    const fleet = await writeFleet(lab, {
      fleet: name,
      ssh: { user, transport },
      nodes: {
        leader: { host: machines.leader.address, ...(name === 'hidden' ? { address: inner } : {}) },
        hidden: { host: machines.hidden.address, follows: 'leader', ssh: { jump: `ops@${machines.leader.address}` } },
        open: { host: machines.open.address, follows: 'leader' },
      },
    });
    return createReplctl({ fleet, directory: lab.directory });
  };
  const followerIs = async (name: 'hidden' | 'open', replctl: Replctl) => {
    expect(await compare(leader, mainServer(machines[name]))).toMatchObject({ differences: [] });
    const { nodes } = await replctl.ok<StatusResult>(['status', name]);
    expect(nodes[0]).toMatchObject({ name, upstream: 'leader', state: 'streaming', slot: { state: 'active' } });
  };
  const senders = () =>
    leader.sql(
      'SELECT application_name, client_addr, ssl FROM pg_stat_replication JOIN pg_stat_ssl USING (pid) ORDER BY 1',
    );

  beforeAll(async () => {
    lab = await createLab({ name: 'access' });
    const [one, open] = await lab.bootAll([{ name: 'leader' }, { name: 'open' }]);
    const hidden = await lab.boot({ name: 'hidden', behind: one });
    machines = { leader: one, open, hidden };
    leader = mainServer(one);
    inner = one.links.at(-1)!.address;
    await leader.sql('CREATE TABLE t AS SELECT g, md5(g::text) FROM generate_series(1, 20000) g');
    // On one of its two addresses only, and not on localhost.
    await one.postgres.set({ listen_addresses: inner });
  });
  afterAll(() => lab?.destroy());

  test('through a jump host, to the other address of a leader that listens on that one only', async () => {
    expect(inner).not.toBe(machines.leader.address);
    const replctl = await operator('hidden', 'ops', 'ssh2');
    const added = await replctl.ok<AddFollowerResult>(['add-follower', 'hidden']);
    expect(added.outcome).toBe('added');
    await followerIs('hidden', replctl);
    expect(await mainServer(machines.hidden).sql('SHOW primary_conninfo')).toContain(`host='${inner}'`);
  });

  test('with TLS where the leader has it, and not without', async () => {
    expect(await leader.sql('SHOW ssl')).toBe('on');
    expect(await senders()).toBe(`hidden|${machines.hidden.address}|t`);
    const hba = await machines.leader.ok(['cat', await leader.sql('SHOW hba_file')]);
    const lines = hba.split('\n').filter((line) => line.includes('replctl_hidden') && !line.startsWith('#'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.map((line) => line.split(/\s/)[0])).toEqual(lines.map(() => 'hostssl'));
    const passfile = '/var/lib/postgresql/.replctl/hidden.hidden/passfile';
    const login = (sslmode: string) =>
      machines.hidden.run(
        [
          'psql',
          '-w',
          '-d',
          `host=${inner} user=replctl_hidden replication=true passfile=${passfile} sslmode=${sslmode}`,
          '-c',
          'IDENTIFY_SYSTEM',
        ],
        { user: 'postgres' },
      );
    expect((await login('require')).exitCode).toBe(0);
    const refused = await login('disable');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('no encryption');
  });

  test("through a jump host with the system's own ssh", async () => {
    const replctl = await operator('hidden', 'ops', 'openssh');
    await replctl.ok(['remove-follower', 'hidden', '--yes']);
    const added = await replctl.ok<AddFollowerResult>(['add-follower', 'hidden', '--replace', '--discard-old']);
    expect(added.outcome).toBe('added');
    await followerIs('hidden', replctl);
  });

  test.for<['ssh2' | 'openssh']>([['ssh2'], ['openssh']])('as root, by %s', async ([transport]) => {
    await machines.leader.postgres.set({ listen_addresses: machines.leader.address });
    const replctl = await operator('open', 'root', transport);
    if (transport === 'openssh') await replctl.ok(['remove-follower', 'open', '--yes']);
    await replctl.ok(['add-follower', 'open', '--replace', '--discard-old']);
    await followerIs('open', replctl);
    expect(await senders()).toContain(`open|${machines.open.address}|t`);
    const owners = await machines.open.ok('find /var/lib/postgresql /etc/postgresql ! -user postgres');
    expect(owners).toBe('');
  });
});
