import type { Adapter, Engine } from '../adapter.ts';
import { configureTailing, snapshot, transfer, waitForLag } from './add-follower.ts';
import { askServer } from './ask-server.ts';
import { dialectOf } from './dialect.ts';
import type { MysqlFacts } from './facts.ts';
import { followerState } from './follower-state.ts';
import { inspect } from './inspect.ts';
import { lagBehind, positionOf } from './lag.ts';
import { chooseMethod } from './methods.ts';
import { preflight } from './preflight/preflight.ts';
import { takeBackLeftovers } from './steps/leftovers.ts';
import { dropReplicationAccount, stopTailing } from './steps/remove.ts';
import { survey } from './survey.ts';
import { layoutOf } from './work.ts';

/** MySQL and MariaDB: what differs between them lies in `Dialect`, and in the ways that the data comes over. */
export const mysqlAdapter = (engine: Extract<Engine, 'mysql' | 'mariadb'>): Adapter<MysqlFacts> => ({
  engine,
  inspect,
  preflight: (facts, nodes, want, resuming = false) =>
    preflight({ facts, nodes, want, method: chooseMethod(engine, want.method, facts).name }, resuming),
  followerState,
  snapshot,
  transfer,
  configureTailing,
  waitForLag,
  survey,
  removeFollower: ({ follower, ...removal }) => [
    ...(follower ? [stopTailing(removal, follower)] : []),
    dropReplicationAccount(removal),
    takeBackLeftovers(removal),
  ],
  lag: async (nodes, facts, signal) => {
    const [leader, follower] = await Promise.all([
      askServer(nodes.leader, layoutOf(facts.leader), signal).catch(() => undefined),
      askServer(nodes.follower, layoutOf(facts.follower), signal),
    ]);
    const dialect = dialectOf(layoutOf(facts.follower));
    return { lag: lagBehind(dialect, leader, follower, Date.now() / 1000), position: positionOf(follower) };
  },
  method: (method, facts) => chooseMethod(engine, method, facts),
});
