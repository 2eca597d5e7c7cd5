import { setTimeout as sleep } from 'node:timers/promises';
import { createLab, type Lab } from '../../lab/lab.ts';
import { leading } from '../../lab/leading.ts';
import type { Machine } from '../../lab/machine.ts';
import type { ImageName } from '../../lab/recipes.ts';
import { mysqlImages, type Flavour } from './mysql-ground.ts';
import { createReplctl, type Replctl } from './replctl.ts';
import { writeFleet } from './stage.ts';

export type Settings = Readonly<Record<string, string | number>>;

export interface Member {
  readonly image?: ImageName;
  /** Besides what a leader needs; a follower's are its package's. */
  readonly settings?: Settings;
  /** Whom the fleet file says that it follows; the leader follows nobody. */
  readonly follows?: string;
  /** Small disks: megabytes, by where they are mounted. */
  readonly disks?: Readonly<Record<string, number>>;
}

export interface MysqlFleet {
  readonly lab: Lab;
  readonly machines: Readonly<Record<string, Machine>>;
  /** The fleet file's path. */
  readonly fleet: string;
  readonly replctl: Replctl;
}

/** Machines of one engine under the fleet file's names, with an operator. */
export const startMysqlFleet = async (
  name: string,
  flavour: Flavour,
  members: Readonly<Record<string, Member>>,
): Promise<MysqlFleet> => {
  const lab = await createLab({ name });
  try {
    const booted = await lab.bootAll(
      Object.entries(members).map(([node, { image = mysqlImages[flavour], settings = {}, follows, disks = {} }]) => ({
        name: node,
        image,
        disks,
        settings: follows === undefined ? { ...leading[flavour], ...settings } : settings,
      })),
    );
    const machines = Object.fromEntries(booted.map((machine) => [machine.name, machine]));
    const nodes = Object.fromEntries(
      Object.entries(members).map(([node, { follows }]) => [
        node,
        { host: machines[node]!.address, ...(follows === undefined ? {} : { follows }) },
      ]),
    );
    const fleet = await writeFleet(lab, { engine: flavour, nodes });
    return { lab, machines, fleet, replctl: createReplctl({ fleet, directory: lab.directory }) };
  } catch (error) {
    await lab.destroy();
    throw error;
  }
};

const position = {
  mysql: 'SELECT @@gtid_executed',
  mariadb: 'SELECT @@gtid_binlog_pos',
} as const;

/** Returns when the follower has applied all that the leader has now; throws where that takes longer than a minute. */
export const applied = async (leader: Machine, follower: Machine): Promise<void> => {
  const { flavour } = leader.mysql;
  const at = (await leader.mysql.sql(position[flavour])).replaceAll(/\s/g, '');
  const query =
    flavour === 'mysql' ? `SELECT WAIT_FOR_EXECUTED_GTID_SET('${at}', 60)` : `SELECT MASTER_GTID_WAIT('${at}', 60)`;
  const answer = at === '' ? '0' : await follower.mysql.sql(query);
  if (answer !== '0') throw new Error(`${follower.name} has not applied ${at} within a minute: ${answer}`);
};

/** Where GTIDs are off: by the leader's file and position. */
export const appliedPosition = async (leader: Machine, follower: Machine): Promise<void> => {
  const [file, at] = (await leader.mysql.sql('SHOW BINARY LOG STATUS')).split('\t');
  const deadline = Date.now() + 60_000;
  while ((await follower.mysql.sql(`SELECT SOURCE_POS_WAIT('${file}', ${at}, 5)`)).startsWith('-')) {
    if (Date.now() > deadline) throw new Error(`${follower.name} has not applied ${file}:${at} within a minute`);
    await sleep(100);
  }
};
