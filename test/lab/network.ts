import { must } from './command.ts';

/** Makes a bridge. Without an address of ours it joins its machines and nobody else, this box included. */
export async function addBridge(name: string, address?: string): Promise<void> {
  await must(['ip', 'link', 'add', 'name', name, 'type', 'bridge', 'forward_delay', '0']);
  // No address of IPv6 appears by itself either.
  await must(['ip', 'link', 'set', 'dev', name, 'addrgenmode', 'none', 'up']);
  if (address !== undefined) await must(['ip', 'address', 'add', `${address}/24`, 'dev', name]);
}

/** Without this, what is meant for the hidden network would leave this box by its default route. */
export async function keepInside(network: string): Promise<void> {
  await must(['ip', 'route', 'add', 'unreachable', `${network}.0/24`]);
}
