import type { PostgresFacts } from '../../../src/adapters/postgresql/facts.ts';
import { postgresql } from '../../../src/adapters/postgresql/index.ts';
import type { Ground } from '../../contract/adapter/ground.ts';
import { createLab } from '../../lab/lab.ts';
import type { Machine } from '../../lab/machine.ts';
import { compare } from './compare.ts';
import { nodeOn } from './node-on.ts';
import { lookAt } from './postgresql-world.ts';
import { sample } from './sample.ts';
import { mainServer } from './server.ts';

/** Passwords in the follower's file, and what the leader keeps of them. */
const secretsOf = async (leader: Machine, follower: Machine): Promise<readonly string[]> => {
  const passfiles = await follower.ok('cat /var/lib/postgresql/.replctl/*/passfile 2>/dev/null || true');
  const passwords = passfiles
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(':').at(-1) ?? '');
  const verifiers = await leader.postgres.sql(
    "SELECT rolpassword FROM pg_authid WHERE rolname LIKE 'replctl%' AND rolpassword IS NOT NULL",
  );
  return [...new Set([...passwords, ...verifiers.split('\n').filter(Boolean)])];
};

/** Three machines of a lab. Links that go dead are noticed by the servers after seconds, not after a minute. */
export const postgresqlGround = async (): Promise<Ground<PostgresFacts>> => {
  const lab = await createLab({ name: 'adapter' });
  try {
    const settings = { wal_sender_timeout: '5s', wal_receiver_timeout: '5s', wal_retrieve_retry_interval: '1s' };
    const [leader, follower, missing] = await lab.bootAll([
      { name: 'leader', settings: { ...settings, listen_addresses: '*' } },
      { name: 'follower', settings },
      { name: 'missing', cluster: false },
    ]);
    await leader.postgres.sql(sample);
    const [one, other, third] = await Promise.all([leader, follower, missing].map((machine) => nodeOn(lab, machine)));
    const nodes = { leader: one!, follower: other!, missing: third! };
    return {
      adapter: postgresql,
      nodes,
      look: async () => {
        const [a, b, c] = await Promise.all([lookAt(leader), lookAt(follower), lookAt(missing)]);
        return {
          world: { leader: a.world, follower: b.world, missing: c.world },
          footprint: [a.footprint, b.footprint, c.footprint],
        };
      },
      stop: () => follower.postgres.stop(),
      start: () => follower.postgres.start(),
      part: () => leader.cutFrom(follower),
      join: () => leader.mendFrom(follower),
      secrets: () => secretsOf(leader, follower),
      differences: async () => {
        const comparison = await compare(mainServer(leader), mainServer(follower));
        if (comparison.rows === 0) throw new Error('there were no rows to compare');
        return comparison.differences;
      },
      removed: { survey: { role: 'follower', state: 'broken' }, state: 'broken', idle: [] },
      write: async () => {
        const { exitCode, stderr } = await follower.run(['psql', '-X', '-c', 'CREATE TEMP TABLE tried ()'], {
          user: 'postgres',
        });
        if (exitCode !== 0 && !/read-only transaction|during recovery/.test(stderr)) throw new Error(stderr);
        return exitCode === 0 ? 'accepted' : 'refused';
      },
      close: async () => {
        await Promise.all(Object.values(nodes).map(({ host }) => host.close()));
        await lab.destroy();
      },
    };
  } catch (error) {
    await lab.destroy();
    throw error;
  }
};
