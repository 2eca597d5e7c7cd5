import { Masked } from '../../../masked.ts';
import { renderTemplate } from '../../template.ts';
import { belongsToMachine, parseAutoConf, renderAutoConf } from '../auto-conf.ts';
import { setting } from '../facts.ts';
import { standbySettings } from '../standby-settings.ts';
import type { Work } from '../work.ts';
import { replicationConninfo } from './replication-conninfo.ts';

/** Settings of the old follower that say where replication goes: replaced, never carried. */
const replicationSettings =
  /^(primary_|recovery_|restore_command|archive_cleanup_command|promote_trigger_file|hot_standby$)/;

/** Where the follower brings no configuration of its own, the leader's came along, with the leader's port and addresses. */
const ownNetwork = (work: Work): readonly (readonly [string, string])[] => {
  const { layouts, nodes } = work;
  const literal = /^[\d.]+$|:/.test(nodes.follower.address) && !/^(127\.|::1$)/.test(nodes.follower.address);
  return [
    ['port', String(layouts.follower.port)],
    ['listen_addresses', literal ? `localhost, ${nodes.follower.address}` : 'localhost'],
    ['unix_socket_directories', layouts.follower.socketDir],
    ['archive_mode', 'off'],
  ];
};

/** A target that is left over in a `postgresql.conf` from some restore would end recovery: a follower that opens itself for writing. */
const noTarget = (work: Work): readonly (readonly [string, string])[] => [
  ...['', '_lsn', '_name', '_time', '_xid'].map((kind): [string, string] => [`recovery_target${kind}`, '']),
  ['recovery_target_timeline', 'latest'],
  ...(work.layouts.follower.major < 16 ? [['promote_trigger_file', ''] as const] : []),
];

/** An empty directory, or one whose content (to be replaced) is no cluster. */
export const bringsNoConfiguration = (work: Work): boolean => {
  const { disk } = work.context.facts.follower;
  return work.layouts.follower.kind === 'plain' && (disk?.entries === 0 || disk?.dataVersion === '');
};

/** The follower's `postgresql.auto.conf`: the source's, without what belongs to a machine; what belonged to this machine; and what makes it a follower. */
export const standbyConf = (work: Work, copied: string): string => {
  const { leader, follower } = work.context.facts;
  const upstream = work.serving[0]!;
  const carried = [...parseAutoConf(copied)].filter(([name]) => !belongsToMachine(name));
  const own = [...parseAutoConf(follower.disk?.autoConf ?? '')].filter(
    ([name]) => belongsToMachine(name) && !replicationSettings.test(name),
  );
  const raised = standbySettings.flatMap((name): [string, string][] => {
    const needed = Number(setting(leader.server, name) || 0);
    const has = Number(setting(follower.server, name) || follower.disk?.settings[name] || 0);
    return needed > has || carried.some(([other]) => other === name) ? [[name, String(Math.max(needed, has))]] : [];
  });
  const settings = new Map<string, string>();
  // The later one wins and comes last, so that the same comes out where the copy's own file is this one already.
  for (const [name, value] of [
    ...carried,
    ...(bringsNoConfiguration(work) ? ownNetwork(work) : own),
    ...raised,
    ...noTarget(work),
    ['hot_standby', 'on'] as const,
    ['primary_conninfo', replicationConninfo(work, upstream, work.nodes.follower.name)] as const,
    ['primary_slot_name', work.slot] as const,
  ]) {
    settings.delete(name);
    settings.set(name, value);
  }
  const values = { node: work.nodes.follower.name, settings: renderAutoConf(settings) };
  return renderTemplate('postgresql/postgresql.auto.conf', values, ['settings']);
};

/** Settings that may hold a user's own secret, as they are shown. */
const mayHoldSecret =
  /^((?:archive_command|archive_library|ssl_passphrase_command|\S*(?:password|secret|key)\S*) = ).*$/gm;

/** The file's content, which a dry run shows without what a user may have put into it. */
export const maskedConf = (conf: string): Masked => new Masked(conf, conf.replaceAll(mayHoldSecret, "$1'********'"));
