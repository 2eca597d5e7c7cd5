import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { knownMachines } from '../known-machines.ts';
import { labsDirectory } from '../paths.ts';
import { imageNames, isImageName } from '../recipes.ts';
import { labUnavailable } from '../setup.ts';
import { findHandLab, handLab } from './hand-lab.ts';

/** Boots machines that stay when this command has ended: a process in the background owns them. */
export async function up(words: readonly string[], defaultImage: string): Promise<number> {
  const reason = labUnavailable();
  if (reason !== undefined) throw new Error(reason);
  if (words.length === 0) throw new Error('name the machines: npm run lab -- up leader follower');
  if ((await findHandLab()) !== undefined)
    throw new Error('machines of this checkout are up already: npm run lab -- down');
  const wanted = words.map((word) => (word.includes('=') ? word : `${word}=${defaultImage}`));
  const wrong = wanted.map((word) => word.split('=')[1] ?? '').find((image) => !isImageName(image));
  if (wrong !== undefined) throw new Error(`no image ${wrong}; there are ${imageNames.join(', ')}`);

  mkdirSync(labsDirectory(), { recursive: true });
  const log = join(labsDirectory(), `hand-${process.pid}.log`);
  const output = openSync(log, 'w');
  const cli = join(import.meta.dirname, '..', 'cli.ts');
  const owner = spawn(process.execPath, [cli, 'own', ...wanted], { detached: true, stdio: ['ignore', output, output] });
  owner.unref();
  const ended = () => owner.exitCode !== null || owner.signalCode !== null;
  const fleet = await untilReady(log, ended).finally(() => unlinkSync(log));

  const lab = await handLab();
  for (const { name, image, address } of await knownMachines(lab.directory)) {
    process.stdout.write(`${name.padEnd(16)} ${address.padEnd(16)} ${image}\n`);
  }
  process.stdout.write(`fleet file: ${fleet}\nssh -F ${lab.directory}/ssh_config NAME\n`);
  return 0;
}

/** Passes on what the owner says; returns the fleet file's path when all is up. */
async function untilReady(log: string, ended: () => boolean): Promise<string> {
  let seen = 0;
  for (;;) {
    const last = ended();
    const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(seen)) {
      if (line.startsWith('ready ')) return line.slice('ready '.length);
      process.stderr.write(`${line}\n`);
    }
    seen = lines.length;
    if (last) throw new Error('the machines did not come up');
    await sleep(100);
  }
}
