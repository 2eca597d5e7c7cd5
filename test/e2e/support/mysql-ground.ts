import { readFileSync } from 'node:fs';
import type { Adapter, Cast, Want } from '../../../src/adapters/adapter.ts';
import type { MysqlFacts } from '../../../src/adapters/mysql/facts.ts';
import { mysqlAdapter } from '../../../src/adapters/mysql/index.ts';
import type { Ground } from '../../contract/adapter/ground.ts';
import { createLab } from '../../lab/lab.ts';
import type { Machine } from '../../lab/machine.ts';
import { leading } from '../../lab/leading.ts';
import type { ImageName } from '../../lab/recipes.ts';
import { compareMysql } from './mysql-compare.ts';
import { lookAtMysql } from './mysql-world.ts';
import { nodeOn } from './node-on.ts';

export type Flavour = 'mysql' | 'mariadb';

export const mysqlImages: Readonly<Record<Flavour, ImageName>> = { mysql: 'sid-mysql', mariadb: 'trixie-mariadb' };

export const sampleOf = (flavour: Flavour): string =>
  ['mysql', ...(flavour === 'mariadb' ? ['mariadb'] : [])]
    .map((name) => readFileSync(new URL(`${name}-sample.sql`, import.meta.url), 'utf8'))
    .join('\n');

/** A server at rest: its events write by themselves, and a table without a key is a finding. */
const quietSample = (flavour: Flavour): string =>
  `SET GLOBAL event_scheduler = OFF;\n${sampleOf(flavour)}\nUSE app; DROP TABLE keyless; DROP EVENT every_second;${flavour === 'mariadb' ? ' DROP TABLE aria_table;' : ''}`;

/** Passwords in option files of replctl's on the follower. */
const secretsOf = async (follower: Machine): Promise<readonly string[]> => {
  const files = await follower.ok('cat /var/lib/replctl-jobs/*/*.cnf 2>/dev/null || true');
  return [...files.matchAll(/^password="([^"]+)"$/gm)].map((match) => match[1]!);
};

/** A write of somebody who is no administrator: MariaDB's read_only holds those back, and no others. */
const writeAs = async (machine: Machine, flavour: Flavour): Promise<'accepted' | 'refused'> => {
  const account = "'writer under test'@'localhost'";
  const quietly = (sql: string) =>
    machine.mysql.sql(
      flavour === 'mysql'
        ? `SET @closed = @@super_read_only; SET GLOBAL super_read_only = OFF; SET SESSION sql_log_bin = 0; ${sql}; SET GLOBAL super_read_only = @closed`
        : `SET SESSION sql_log_bin = 0; ${sql}`,
    );
  await quietly(
    `CREATE USER ${account} IDENTIFIED BY 'wr1ter.Aa-under-test'; GRANT CREATE, DROP ON writing.* TO ${account}`,
  );
  try {
    const { exitCode, stderr } = await machine.run(
      [flavour, '--user=writer under test', '--password=wr1ter.Aa-under-test', '-e', 'CREATE DATABASE writing'],
      {},
    );
    if (exitCode !== 0 && !/read.only/.test(stderr)) throw new Error(stderr);
    if (exitCode === 0) await quietly('DROP DATABASE writing');
    return exitCode === 0 ? 'accepted' : 'refused';
  } finally {
    await quietly(`DROP USER ${account}`);
  }
};

/** The suite asks for `auto`; here each method is made to tell the same story. */
const withMethod = (adapter: Adapter<MysqlFacts>, method: Want['method']): Adapter<MysqlFacts> => {
  const chosen = <T extends { readonly want: Want }>(context: T): T => ({
    ...context,
    want: { ...context.want, method },
  });
  return {
    ...adapter,
    preflight: (facts: Cast<MysqlFacts>, nodes, want, resuming) =>
      adapter.preflight(facts, nodes, { ...want, method }, resuming),
    snapshot: (context) => adapter.snapshot(chosen(context)),
    transfer: (context) => adapter.transfer(chosen(context)),
    configureTailing: (context) => adapter.configureTailing(chosen(context)),
    waitForLag: (context) => adapter.waitForLag(chosen(context)),
  };
};

/** Three machines of a lab: a leader with every kind of object, a server as its package made it, and a machine without any. */
export const mysqlGround = (flavour: Flavour, method: Want['method']) => async (): Promise<Ground<MysqlFacts>> => {
  const lab = await createLab({ name: `adapter-${flavour}-${method}` });
  try {
    const image = mysqlImages[flavour];
    const [leader, follower, missing] = await lab.bootAll([
      { name: 'leader', image, settings: leading[flavour] },
      { name: 'follower', image },
      { name: 'missing', image: flavour === 'mysql' ? 'sid-base' : 'trixie-base' },
    ]);
    await leader.mysql.sql(quietSample(flavour));
    const [one, other, third] = await Promise.all([leader, follower, missing].map((machine) => nodeOn(lab, machine)));
    const nodes = { leader: one!, follower: other!, missing: third! };
    return {
      adapter: withMethod(mysqlAdapter(flavour), method),
      nodes,
      look: async () => {
        const [a, b, c] = await Promise.all(
          [leader, follower, missing].map((machine) => lookAtMysql(machine, flavour)),
        );
        return {
          world: { leader: a!.world, follower: b!.world, missing: c!.world },
          footprint: [a!.footprint, b!.footprint, c!.footprint],
        };
      },
      stop: () => follower.mysql.stop(),
      start: () => follower.mysql.start(),
      part: () => leader.cutFrom(follower),
      join: () => leader.mendFrom(follower),
      secrets: () => secretsOf(follower),
      differences: async () => {
        const comparison = await compareMysql(leader, follower);
        if (comparison.rows === 0) throw new Error('there were no rows to compare');
        return comparison.differences;
      },
      // It knows of no channel any more, but its option file does.
      removed: { survey: { role: 'standalone', state: 'running' }, state: 'broken', idle: ['remove.leftovers'] },
      write: () => writeAs(follower, flavour),
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
