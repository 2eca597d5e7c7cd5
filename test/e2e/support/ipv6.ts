import { appendFile } from 'node:fs/promises';
import { must } from '../../lab/command.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Machine } from '../../lab/machine.ts';

/** Gives this box and each machine an address of IPv6 too, until it is switched off. By the machine's name. */
export const addIpv6 = async (lab: Lab, machines: readonly Machine[]): Promise<Readonly<Record<string, string>>> => {
  const prefix = `fd${lab.network
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
  const add = (address: string, device: string): readonly string[] => [
    'ip',
    'address',
    'add',
    `${address}/64`,
    'dev',
    device,
    'nodad',
  ];
  await must([...add(`${prefix}::1`, lab.id)]);
  const given = machines.map((machine, at) => ({ machine, address: `${prefix}::${at + 11}` }));
  for (const { machine, address } of given)
    await must(['nsenter', '--target', `${machine.leader}`, '--net', ...add(address, 'eth0')]);
  const keys = given.map(({ machine, address }) => `${address} ${machine.hostKey.split(' ').slice(1).join(' ')}\n`);
  await appendFile(lab.knownHostsFile, keys.join(''));
  return Object.fromEntries(given.map(({ machine, address }) => [machine.name, address]));
};
