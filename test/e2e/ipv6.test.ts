import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLab, type Lab } from '../lab/lab.ts';
import { leading } from '../lab/leading.ts';
import { describeWithEverything } from './support/extent.ts';
import { addIpv6 } from './support/ipv6.ts';
import { createReplctl, expectExit, type Replctl } from './support/replctl.ts';
import { writeFleet } from './support/stage.ts';

const engines = {
  postgresql: { image: 'trixie', settings: leading.postgresql, methods: ['basebackup'] },
  mysql: { image: 'sid-mysql', settings: { ...leading.mysql, 'bind-address': '*' }, methods: ['clone', 'dump'] },
  mariadb: {
    image: 'trixie-mariadb',
    settings: { ...leading.mariadb, 'bind-address': '*' },
    methods: ['mariabackup', 'dump'],
  },
} as const;

const byIpv6 = (engine: keyof typeof engines): void => {
  const { image, settings, methods } = engines[engine];
  let lab: Lab;
  const replctls: Replctl[] = [];
  beforeAll(async () => {
    lab = await createLab({ name: `ipv6-${engine}` });
    const machines = await lab.bootAll([
      { name: 'leader', image, settings },
      { name: 'follower', image },
    ]);
    const { leader, follower } = await addIpv6(lab, machines);
    const nodes = { leader: { host: leader! }, follower: { host: follower!, follows: 'leader' } };
    for (const transport of ['ssh2', 'openssh'] as const) {
      const fleet = await writeFleet(lab, { fleet: transport, engine, nodes, ssh: { transport } });
      replctls.push(createReplctl({ fleet, directory: lab.directory }));
    }
  });
  afterAll(() => lab?.destroy());

  test.each(methods)('by %s, seen by either transport', async (method) => {
    const [replctl, byOpenssh] = replctls;
    expectExit(await replctl!.run(['add-follower', 'follower', '--method', method, '--replace']), 0);
    const seen = await byOpenssh!.run(['status']);
    expectExit(seen, 0);
    expect(seen.stdout).toContain('"state": "streaming"');
    await replctl!.ok(['remove-follower', 'follower', '--yes']);
  });
};

describeWithEverything('a fleet of PostgreSQL with IPv6 alone', () => byIpv6('postgresql'));
describeWithEverything('a fleet of MySQL with IPv6 alone', () => byIpv6('mysql'));
describeWithEverything('a fleet of MariaDB with IPv6 alone', () => byIpv6('mariadb'));
