import type { Warning } from '../../workflow/step.ts';
import type { NodeStatus } from '../adapter.ts';
import { setting, type SlotRow } from './facts.ts';
import { slotPrefix } from './names.ts';
import type { Observation } from './observe.ts';

const megabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;

/** What is wrong with a node by itself. */
export const nodeWarnings = (node: Observation): readonly Warning[] => {
  const { name, failure, disk, server } = node;
  const warnings: Warning[] = [];
  if (failure) warnings.push({ ...failure, node: name });
  for (const kept of disk?.kept ?? []) {
    warnings.push({
      code: 'OLD_DATA_KEPT',
      node: name,
      message: `${kept.path} keeps the data that was set aside${kept.bytes === null ? '' : ` (${megabytes(kept.bytes)})`}`,
      hint: 'Remove it when nobody needs it any more.',
    });
  }
  if (server?.replayPaused)
    warnings.push({
      code: 'REPLAY_PAUSED',
      node: name,
      message: `replay is paused on ${name}`,
      hint: 'SELECT pg_wal_replay_resume() lets it go on.',
    });
  if (server?.inRecovery && server.receiver?.status !== 'streaming') {
    const configured = setting(server, 'primary_conninfo') !== '';
    warnings.push(
      configured
        ? {
            code: 'NOT_STREAMING',
            node: name,
            message: `${name} gets no log from its upstream`,
            hint: "Its server's log says why.",
          }
        : {
            code: 'NO_UPSTREAM',
            node: name,
            message: `${name} is a closed standby without an upstream`,
            hint: `replctl add-follower ${name} --replace makes it a follower again.`,
          },
    );
  }
  return warnings;
};

export const slotWarnings = (
  node: Observation,
  slot: NodeStatus['slot'],
  upstream: string | undefined,
): readonly Warning[] => {
  const { name } = node;
  if (slot?.state === 'lost')
    return [
      {
        code: 'SLOT_LOST',
        node: name,
        message: `${name}'s slot ${slot.name} on ${upstream} has lost its log`,
        hint: `Once ${name} is disconnected it cannot go on: replctl add-follower ${name} --replace.`,
      },
    ];
  if (slot?.state === 'missing')
    return [
      {
        code: 'SLOT_MISSING',
        node: name,
        message: `${name}'s slot ${slot.name} is not on ${upstream}`,
        hint: `Without it ${name} cannot stream: replctl add-follower ${name} --replace.`,
      },
    ];
  if (slot === null && node.server && setting(node.server, 'primary_conninfo') !== '' && upstream)
    return [
      {
        code: 'NO_SLOT',
        node: name,
        message: `${name} follows ${upstream} without a slot: the log that it needs can vanish while it is away`,
        hint: `Give it one: SELECT pg_create_physical_replication_slot('…', true) on the upstream, primary_slot_name on ${name}.`,
      },
    ];
  return [];
};

/** Slots that nobody uses hold the log until the disk is full; two leaders of one cluster mean that rows differ. */
export const leaderWarnings = (node: Observation, all: readonly Observation[]): readonly Warning[] => {
  const warnings: Warning[] = [];
  const rivals = all.filter(
    (other) =>
      other !== node &&
      other.server?.inRecovery === false &&
      other.server.systemIdentifier === node.server?.systemIdentifier,
  );
  if (rivals.length > 0) {
    warnings.push({
      code: 'TWO_LEADERS',
      node: node.name,
      message: `${[node, ...rivals].map(({ name }) => name).join(' and ')} both accept writes as one cluster's leader`,
      hint: 'Stop the applications of all but one now; their rows differ from here on.',
    });
  }
  for (const slot of node.server?.slots ?? []) {
    if (slot.active || slot.slot_type !== 'physical' || isSomebodys(slot.slot_name, node, all)) continue;
    warnings.push(unusedSlot(node, slot, all));
  }
  return warnings;
};

/** A follower that cannot be asked may still need its slot: dropped, it could not go on when it is back. */
const unusedSlot = (node: Observation, slot: SlotRow, all: readonly Observation[]): Warning => {
  const name = slot.slot_name;
  const away = all.find((other) => other !== node && !other.server && name.startsWith(slotPrefix(other.name)))?.name;
  const lost = slot.wal_status === 'lost';
  const kept = slot.retained === null ? '' : ` and keeps ${megabytes(slot.retained)} of log`;
  return {
    code: 'SLOT_UNUSED',
    node: node.name,
    message: `slot ${name} on ${node.name} is not in use${lost ? ' and has lost its log' : kept}${away ? ` for ${away}` : ''}`,
    hint: away
      ? `${away} needs it when it is back; when it is gone for good: replctl remove-follower ${away} --gone.`
      : `Drop it when nobody needs it: SELECT pg_drop_replication_slot('${name.replaceAll("'", "''")}').`,
  };
};

/** The slot of a follower that is known is told under that follower. */
const isSomebodys = (slot: string, node: Observation, all: readonly Observation[]): boolean =>
  all.some(
    (other) => other !== node && other.server !== undefined && setting(other.server, 'primary_slot_name') === slot,
  );
