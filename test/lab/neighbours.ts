import type { Machine } from './machine.ts';

/** Nobody has this address: packets for it go out and are lost, without an error for the sender. */
const nobody = '02:00:00:00:00:00';

/** From now on nothing that `from` sends reaches `to`. */
export async function muffle(from: Machine, to: Machine): Promise<void> {
  const device = await deviceTowards(from, to);
  await from.ok(['ip', 'neighbour', 'replace', to.address, 'lladdr', nobody, 'nud', 'permanent', 'dev', device]);
}

export async function unmuffle(from: Machine, to: Machine): Promise<void> {
  const device = await deviceTowards(from, to);
  await from.run(['ip', 'neighbour', 'del', to.address, 'dev', device]);
}

async function deviceTowards(from: Machine, to: Machine): Promise<string> {
  const route = await from.ok(['ip', 'route', 'get', to.address]);
  const device = /\bdev (\S+)/.exec(route)?.[1];
  if (device === undefined) throw new Error(`${from.name} has no way to ${to.name}`);
  return device;
}
