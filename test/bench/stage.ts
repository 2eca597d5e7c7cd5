import { createLab, type Lab } from '../lab/lab.ts';
import type { Machine } from '../lab/machine.ts';
import { command, must } from '../lab/command.ts';
import type { Link } from './options.ts';

/** Kept beside the data directory: what the package made, and what pg_hba.conf said before anybody was let in. */
const pristine = '/var/lib/postgresql/pristine';

/** Everything that both sides need for the two ways by hand, so that nobody's preparations are timed. */
export interface Stage {
  readonly lab: Lab;
  readonly leader: Machine;
  readonly follower: Machine;
  /** Only for `status` of three. */
  readonly third: Machine;
}

const settings = { listen_addresses: '*' };

export const openStage = async (say: (line: string) => void): Promise<Stage> => {
  const lab = await createLab({ name: 'bench', say });
  try {
    const [leader, follower, third] = await lab.bootAll([
      { name: 'leader', image: 'trixie-repmgr', settings },
      { name: 'follower', image: 'trixie-repmgr', settings },
      { name: 'third', image: 'trixie-repmgr', settings },
    ]);
    const stage = { lab, leader, follower, third };
    await prepareLeader(stage);
    for (const machine of [follower, third]) await prepareFollower(machine, lab);
    await must(['sync']);
    return stage;
  } catch (error) {
    await lab.destroy();
    throw error;
  }
};

/** The accounts of the ways by hand are let in without a password, which spares them the password's time. */
const admit = (lab: Lab): string =>
  ['all', 'replication'].map((what) => `host ${what} hand,repmgr ${lab.network}.0/24 trust`).join('\n');

const repmgrConf = (machine: Machine, number: number): string =>
  [
    `node_id=${number}`,
    `node_name=${machine.name}`,
    `conninfo='host=${machine.address} user=repmgr dbname=repmgr connect_timeout=2'`,
    `data_directory='${machine.postgres.dataDirectory}'`,
    `pg_bindir='${machine.postgres.binDirectory}'`,
    'use_replication_slots=1',
  ].join('\n');

const writeConf = async (machine: Machine, lab: Lab, number: number): Promise<void> => {
  const hba = `${machine.postgres.configDirectory}/pg_hba.conf`;
  await machine.ok(`cat >>${hba} <<'END'\n${admit(lab)}\nEND\ncp -a ${hba} ${hba}.before`);
  await machine.ok(`cat >/etc/repmgr.conf <<'END'\n${repmgrConf(machine, number)}\nEND`);
};

const prepareLeader = async ({ lab, leader }: Stage): Promise<void> => {
  await writeConf(leader, lab, 1);
  await leader.postgres.reload();
  await leader.postgres.sql(
    'CREATE ROLE hand LOGIN REPLICATION; CREATE ROLE repmgr SUPERUSER LOGIN; GRANT pg_monitor TO hand',
  );
  await leader.postgres.sql('CREATE DATABASE repmgr OWNER repmgr');
  await leader.ok(['repmgr', '-f', '/etc/repmgr.conf', 'primary', 'register'], { user: 'postgres' });
};

const prepareFollower = async (machine: Machine, lab: Lab): Promise<void> => {
  await writeConf(machine, lab, 2);
  await machine.postgres.stop();
  await machine.ok(`cp -a ${machine.postgres.dataDirectory} ${pristine}`);
};

/** Loads the data anew. pgbench's own server-side generation is no quicker, and its client lies on the leader. */
export const loadData = async ({ leader }: Stage, scale: number): Promise<void> => {
  await leader.ok(['pgbench', '-i', '-q', '-s', String(scale), 'postgres'], { user: 'postgres', timeoutSeconds: 3600 });
};

export const clusterBytes = async ({ leader }: Stage): Promise<number> =>
  Number(await leader.postgres.sql('SELECT sum(pg_tablespace_size(oid)) FROM pg_tablespace'));

/** What a run left on the leader, so that the next one has everything to do again. */
const clearLeader = async (leader: Machine): Promise<void> => {
  const hba = `${leader.postgres.configDirectory}/pg_hba.conf`;
  await leader.ok(`cp -a ${hba}.before ${hba}`);
  await leader.postgres.reload();
  await leader.postgres.sql(`
    DO $$ BEGIN WHILE EXISTS (SELECT FROM pg_replication_slots WHERE active) LOOP PERFORM pg_sleep(0.1); END LOOP; END $$;
    SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots;
    SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE rolname LIKE 'replctl%' \\gexec`);
  await leader.postgres.sql('DELETE FROM repmgr.nodes WHERE node_id <> 1; CHECKPOINT', { database: 'repmgr' });
};

/**
 * Before each turn, untimed. `server`: the follower's own cluster runs, as its package made it; `empty`: there is none, since the ways
 * by hand copy straight into its place. Then everything that waits to be written, on this box, is written.
 */
export const reset = async ({ leader, follower }: Stage, to: 'server' | 'empty'): Promise<void> => {
  const { dataDirectory } = follower.postgres;
  await follower.postgres.stop();
  await follower.ok(`rm -rf ${dataDirectory} ${dataDirectory}.* ~postgres/.replctl`);
  await clearLeader(leader);
  if (to === 'server') {
    await follower.ok(`cp -a ${pristine} ${dataDirectory}`);
    await follower.postgres.start();
  }
  await must(['sync']);
};

/** Each machine's link, each direction. */
export const limit = async ({ leader, follower }: Stage, { rate }: Link): Promise<void> => {
  for (const machine of [leader, follower]) await (rate === undefined ? machine.fast() : machine.slow(rate));
};

/** Seconds that the box's other work took of a second, as far as it can be seen: what the figures are to be read with. */
export const loadAverage = async (): Promise<string> =>
  (await command(['cat', '/proc/loadavg'])).stdout.split(' ')[0] ?? '';
