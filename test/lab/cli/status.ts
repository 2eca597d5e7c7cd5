import { once } from 'node:events';
import { createConnection } from 'node:net';
import { knownMachines, type KnownMachine } from '../known-machines.ts';
import { isAlive } from '../process-identity.ts';
import { readLabs } from '../registry.ts';

/** Every lab of this box, those of tests that run just now included. */
export async function status(): Promise<number> {
  const labs = await readLabs();
  if (labs.length === 0) process.stdout.write('no lab\n');
  for (const lab of labs) {
    const owner = isAlive(lab.owner) ? `process ${lab.owner.pid}` : 'its process is gone; the next lab removes it';
    process.stdout.write(`${lab.id} “${lab.name}” of ${lab.checkout} (${owner}), files in ${lab.directory}\n`);
    const machines = await knownMachines(lab.directory);
    const states = await Promise.all(machines.map(state));
    machines.forEach(({ name, image, address }, index) => {
      process.stdout.write(`  ${name.padEnd(16)} ${address.padEnd(16)} ${image.padEnd(16)} ${states[index]}\n`);
    });
  }
  return 0;
}

async function state({ address, jump }: KnownMachine): Promise<string> {
  if (jump !== undefined) return `behind ${jump}`;
  const socket = createConnection({ host: address, port: 22 });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(1000) });
    return 'answers';
  } catch {
    return 'does not answer';
  } finally {
    socket.destroy();
  }
}
