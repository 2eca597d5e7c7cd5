import type { MysqlFacts } from './facts.ts';

export const isSameMachine = (a: Pick<MysqlFacts, 'machineId'>, b: Pick<MysqlFacts, 'machineId'>): boolean =>
  a.machineId !== '' && a.machineId === b.machineId;
