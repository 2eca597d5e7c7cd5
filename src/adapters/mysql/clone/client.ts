import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { masked, type Masked } from '../../../masked.ts';
import { quoteLiteral } from '../names.ts';
import type { Scene } from '../preflight/scene.ts';
import type { ScratchServer } from '../scratch-server.ts';
import { streamsOf } from '../streams.ts';
import type { Work } from '../work.ts';

const relay = readFileSync(new URL('../../../../templates/mysql/relay.pl', import.meta.url), 'utf8');

/** MySQL takes no IPv6 address for a donor (error 3869, 9.7), and keeps but loosely to a rate: then a relay on the follower stands between. */
export const isRelayed = ({ nodes, want }: Pick<Scene, 'nodes' | 'want'>): boolean =>
  want.rate !== undefined || isIPv6(nodes.source.address);

/** Of the relay, which puts its port where its name stands. */
const donorOf = ({ nodes, layouts, context }: Work): { readonly host: string; readonly port: string } =>
  isRelayed(context)
    ? { host: '127.0.0.1', port: 'RELAY_PORT' }
    : { host: nodes.source.address, port: String(layouts.source.port) };

/** Bytes a second that no link has. */
const unlimited = 1e12;

/** Who says CLONE to the recipient; what it says comes on standard input. */
export const clientArgv = ({ nodes, layouts, context }: Work, { layout }: ScratchServer): readonly string[] => {
  const { rate = unlimited } = context.want;
  const client = [`${layout.clientDir}/mysql`, '--no-defaults', `--socket=${layout.socket}`, '--user=root'];
  if (!isRelayed(context)) return client;
  return ['perl', '-', nodes.source.address, String(layouts.source.port), String(rate), ...client];
};

/**
 * With a mask for the password they can be shown. By itself a recipient begins with one thread, and looks every few seconds whether more would help: a small
 * copy is done by then (1.6 GB: 3.1 s, and 2.6 with two from the beginning).
 */
export const cloneStatements = (work: Work, password: Masked | string): Masked => {
  const { host, port } = donorOf(work);
  const transport = work.tls === 'off' ? 'REQUIRE NO SSL' : 'REQUIRE SSL';
  return masked`SET SESSION sql_log_off = 1;
SET GLOBAL clone_valid_donor_list = ${quoteLiteral(`${host}:${port}`)};
SET GLOBAL clone_autotune_concurrency = OFF, clone_max_concurrency = ${String(streamsOf(work))};
CLONE INSTANCE FROM ${quoteLiteral(work.copyAccount)}@${quoteLiteral(host)}:${port} IDENTIFIED BY '${password}' DATA DIRECTORY = ${quoteLiteral(work.place.staged)} ${transport};
`;
};

/** The only way for the password. */
export const clientInput = (work: Work, password: Masked): Masked =>
  masked`${isRelayed(work.context) ? relay : ''}${cloneStatements(work, password)}`;
