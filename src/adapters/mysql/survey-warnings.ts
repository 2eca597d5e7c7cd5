import type { Warning } from '../../workflow/step.ts';
import { dialectOf } from './dialect.ts';
import { errantTransactions } from './errant.ts';
import { isOn } from './facts.ts';
import { gapOf } from './steps/log-gap.ts';
import type { Observation } from './observe.ts';
import { leavesOut } from './passed-over.ts';
import { gigabytes } from '../finding.ts';

const again = (name: string): string => `replctl add-follower ${name} --replace makes it anew.`;

/** What is wrong with a node by itself. */
export const nodeWarnings = ({ name, failure, disk, server, layout }: Observation): readonly Warning[] => {
  const warnings: Warning[] = [];
  if (failure) warnings.push({ ...failure, node: name });
  for (const kept of disk?.kept ?? [])
    warnings.push({
      code: 'OLD_DATA_KEPT',
      node: name,
      message: `${kept.path} keeps the data that was set aside${kept.bytes === null ? '' : ` (${gigabytes(kept.bytes)})`}`,
      hint: 'Remove it when nobody needs it any more.',
    });
  const [channel, ...others] = server?.replica ?? [];
  if (!server || !layout || !channel) return warnings;
  const dialect = dialectOf(layout);
  if (others.length > 0)
    warnings.push({
      code: 'SEVERAL_UPSTREAMS',
      node: name,
      message: `${name} follows ${others.length + 1} servers at once`,
      hint: 'replctl looks after followers of one upstream; only the first channel is shown.',
    });
  if (channel.applierError !== '' || channel.applier === 'stopped')
    warnings.push({
      code: 'APPLIER_STOPPED',
      node: name,
      message: `${name} does not apply its upstream's log${channel.applierError ? `: ${channel.applierError}` : ''}`,
      hint: `See ${dialect.showReplica} on ${name}; ${dialect.startReplica} once it is mended; ${again(name)}`,
    });
  if (channel.receiver !== 'running')
    warnings.push({
      code: 'NOT_RECEIVING',
      node: name,
      message: `${name} gets no log from ${channel.host}:${channel.port}${channel.receiverError ? `: ${channel.receiverError}` : ''}`,
      hint: /^1236\b/.test(channel.receiverError)
        ? `The log that it needs is gone: ${again(name)}`
        : `See ${dialect.showReplica} on ${name}.`,
    });
  const left = leavesOut(server);
  if (left.length > 0)
    warnings.push({
      code: 'REPLICATION_FILTERS',
      node: name,
      message: `${name} passes over part of its upstream's log (${left.join(', ')}): it need not be a copy`,
      hint: `Take that out of its option file, where nobody wants it; ${again(name)}`,
    });
  const open = dialect.readOnly.filter((variable) => !isOn(server, variable as 'read_only' | 'super_read_only'));
  if (open.length > 0)
    warnings.push({
      code: 'FOLLOWER_WRITABLE',
      node: name,
      message: `${name} is a follower, but ${open.join(' and ')} ${open.length === 1 ? 'is' : 'are'} off`,
      hint: open.map((variable) => `SET GLOBAL ${variable} = ON;`).join(' '),
    });
  return warnings;
};

/** What is wrong between a follower and those that it depends on. */
export const followerWarnings = (
  { name, server, layout }: Observation,
  upstream: Observation | undefined,
  leader: Observation | undefined,
): readonly Warning[] => {
  if (!server || !layout || server.replica.length === 0) return [];
  const dialect = dialectOf(layout);
  const warnings: Warning[] = [];
  if (leader?.server) {
    const errant = errantTransactions(dialect, server, leader.server);
    if (errant !== '')
      warnings.push({
        code: 'ERRANT_TRANSACTIONS',
        node: name,
        message: `${name} has transactions that ${leader.name} has not: ${errant.slice(0, 300)}`,
        hint: `Somebody wrote there. ${again(name)}`,
      });
  }
  const coordinates = server.replica[0]?.executed ?? null;
  const gap = upstream?.server ? gapOf(dialect, upstream.server, { history: server.history, coordinates }) : undefined;
  if (gap !== undefined)
    warnings.push({
      code: 'LOG_PURGED',
      node: name,
      message: `${upstream?.name} has no longer the log that ${name} needs: ${gap}`,
      hint: again(name),
    });
  return warnings;
};
