import type { Lab } from '../../lab/lab.ts';
import type { Machine } from '../../lab/machine.ts';
import { replayed } from './compare.ts';
import { lookAt } from './postgresql-world.ts';
import { createReplctl, type Replctl } from './replctl.ts';
import { mainServer } from './server.ts';

export { after, killedAt, onStartOf, runOf, whileIn, type Moment } from './moments.ts';

/** A follower's machine with an operator of its own, and the leader that it shares with others. */
export interface Lane {
  readonly node: string;
  readonly leader: Machine;
  readonly machine: Machine;
  readonly replctl: Replctl;
  /** As another machine would: same fleet file, nothing remembered, process ids of its own. */
  readonly elsewhere: Replctl;
}

export const createLane = (lab: Lab, fleet: string, leader: Machine, machine: Machine): Lane => ({
  node: machine.name,
  leader,
  machine,
  replctl: createReplctl({ fleet, directory: lab.directory }),
  elsewhere: createReplctl({
    fleet,
    directory: lab.directory,
    under: ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'],
  }),
});

/** What of the node is on the leader. */
const onLeader = async ({ leader, node }: Lane): Promise<string> => {
  const facts = await leader.postgres.sql(`
    SELECT 'slot', slot_name, active FROM pg_replication_slots WHERE slot_name LIKE 'replctl_${node}_r%' ORDER BY 2;
    SELECT 'role', rolname, shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = 'replctl_${node}'`);
  const hba = await leader.ok(
    `sed -n '/replctl: begin lab.${node} /,/replctl: end/p' /etc/postgresql/*/main/pg_hba.conf`,
  );
  return `${facts}\n${hba}`;
};

/** Everything that is there of the node, on both machines, with other names for what is called after a run. */
export const stateOf = async (lane: Lane): Promise<string> => {
  const { world } = await lookAt(lane.machine);
  const text = `${await onLeader(lane)}\n${world}`;
  // Of the others, whose roles come and go meanwhile, nothing.
  const others = new RegExp(`^role\\|replctl_(?!${lane.node}\\|).*\n`, 'gm');
  return text
    .replaceAll(others, '')
    .replaceAll(/r-[a-z0-9]{10}/g, 'RUN')
    .replaceAll(/(replctl_[a-z]+)_r[a-z0-9]{10}/g, '$1_RUN')
    .replaceAll(/^[0-9a-f]{64}(?=  postgresql\.auto\.conf)/gm, 'HASH');
};

/** Whose lease it is, where anybody holds it: pid and seconds left. */
export const leaseOf = async (lane: Lane): Promise<{ pid: number; left: number } | undefined> => {
  const text = await lane.machine.ok(
    `cat /var/lib/postgresql/.replctl/lab.${lane.node}/lease; cut -d. -f1 /proc/uptime`,
  );
  const [head = '', identity = '', , uptime = ''] = text.split('\n');
  if (identity === '') return undefined;
  return {
    pid: (JSON.parse(identity) as [string, string, number])[2],
    left: Number(head.split(' ')[1]) - Number(uptime),
  };
};

const rows = 'SELECT count(*), sum(hashtext(r::text)) FROM rounds r';

/** Rows that are written now arrive, and all the others are there. */
export const followsWith = async (lane: Lane, text: string): Promise<readonly [string, string]> => {
  const [leader, follower] = [mainServer(lane.leader), mainServer(lane.machine)];
  await leader.sql(`INSERT INTO rounds (node, text) VALUES ('${lane.node}', '${text}')`);
  await replayed(leader, follower);
  const query = `${rows} WHERE node IN ('${lane.node}', 'before')`;
  return [await leader.sql(query), await follower.sql(query)];
};

/** The follower is taken out, and the cluster of before, which was set aside, is put back. */
export const makePristine = async (lane: Lane): Promise<void> => {
  await lane.replctl.ok(['remove-follower', lane.node, '--yes']);
  const { postgres } = lane.machine;
  // It may be starting still, as systemd sees it: that is waited for.
  await postgres.start();
  await postgres.stop();
  const data = postgres.dataDirectory;
  await lane.machine.ok(`rm -r ${data}; mv ${data}.replctl-aside-* ${data}`);
  await postgres.start();
};

/** How its server was stopped so far: fast by its own unit's command, or process by process (which says smart). */
export const stopsOf = async ({ machine }: Lane): Promise<{ readonly fast: number; readonly smart: number }> => {
  const count = async (how: string) =>
    Number(await machine.ok(`cat /var/log/postgresql/*.log | grep -c 'received ${how} shutdown request' || true`));
  return { fast: await count('fast'), smart: await count('smart') };
};
