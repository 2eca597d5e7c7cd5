import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, must } from './command.ts';
import { quote } from './shell.ts';

/** One end of a cable: a machine's device on one bridge of its lab. */
export interface Link {
  bridge: string;
  /** The end that stays on this box. */
  port: string;
  /** Its name in the machine. */
  device: 'eth0' | 'eth1';
  address: string;
}

/**
 * The lines that plug a link in, for a shell whose network namespace is the machine's.
 * `owner` is a process in this box's namespace, where the other end goes.
 */
export function plugIn(link: Link, owner: number): string[] {
  const { port, device, bridge } = { port: quote(link.port), device: link.device, bridge: quote(link.bridge) };
  return [
    `ip link add name ${device} address ${hardwareAddress(link)} type veth peer name ${port} netns ${owner}`,
    `nsenter --net --target ${owner} ip link set dev ${port} master ${bridge} addrgenmode none up`,
    `ip address add ${link.address}/24 dev ${device}`,
    `ip link set ${device} up`,
  ];
}

/** A machine keeps its hardware address: after a power cut its neighbours find it again at once. */
function hardwareAddress({ address }: Link): string {
  const bytes = address.split('.').map((number) => Number(number).toString(16).padStart(2, '0'));
  return ['02', '52', ...bytes].join(':');
}

/** Nothing passes any more, and nobody is told: connections hang, as when a cable is pulled. */
export async function cutLink(link: Link): Promise<void> {
  await must(['ip', 'link', 'set', link.port, 'down']);
}

export async function mendLink(link: Link): Promise<void> {
  await must(['ip', 'link', 'set', link.port, 'up']);
  // The kernel lets a moment pass before it believes in a cable.
  while (readFileSync(`/sys/class/net/${link.port}/operstate`, 'utf8').trim() !== 'up') await sleep(10);
}

/** A link of a machine that is gone lives on while a half-closed connection does: it is removed by name. */
export async function unplug(link: Link): Promise<void> {
  await command(['ip', 'link', 'del', link.port]);
}

/** Limits what goes in and what comes out, each to `rate`. The burst has room for a whole segment of offloaded TCP. */
export async function slowLink(link: Link, leader: number, rate: string): Promise<void> {
  for (const [prefix, device] of ends(link, leader)) {
    const limit = ['rate', rate, 'burst', '128kb', 'latency', '100ms'];
    await must([...prefix, 'tc', 'qdisc', 'replace', 'dev', device, 'root', 'tbf', ...limit]);
  }
}

export async function fastLink(link: Link, leader: number): Promise<void> {
  for (const [prefix, device] of ends(link, leader)) {
    await command([...prefix, 'tc', 'qdisc', 'del', 'dev', device, 'root']);
  }
}

const ends = (link: Link, leader: number): [string[], string][] => [
  [[], link.port],
  [['nsenter', '--net', '--target', String(leader)], link.device],
];
