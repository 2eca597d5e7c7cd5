import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeFleetFile } from '../fleet-file.ts';
import { createLab, type Lab } from '../lab.ts';
import type { Machine } from '../machine.ts';
import { leadingOn } from '../leading.ts';
import { isImageName } from '../recipes.ts';
import { faults } from './faults.ts';
import { handName } from './hand-lab.ts';

/** The socket through which `cut`, `slow` and their like reach the process that owns the machines. */
export const controlSocket = (labDirectory: string): string => join(labDirectory, 'control');

/** The process behind `up`: boots NAME=IMAGE…, says where the fleet file is, and keeps the machines until it is ended. */
export async function own(words: readonly string[]): Promise<number> {
  const lab = await createLab({ name: handName(), say: (line) => process.stdout.write(`${line}\n`) });
  const machines = await lab.bootAll(
    words.map((word, index) => {
      const [name = '', image = ''] = word.split('=');
      if (!isImageName(image)) throw new Error(`no image ${image}`);
      // A leader that can be followed; what follows it is as its package made it.
      return { name, image, settings: index === 0 ? leadingOn(image) : {} };
    }),
  );
  const file = await writeFleetFile(lab, {
    follows: new Map(machines.map((machine) => [machine, follows(machines, machine)])),
  });
  // Half-open: the caller ends its side to say that this was all, and then waits for the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let line = '';
    socket.setEncoding('utf8').on('data', (part: string) => (line += part));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => {
      act(lab, line).then(
        () => socket.end('done'),
        (error: unknown) => socket.end(error instanceof Error ? error.message : String(error)),
      );
    });
  });
  server.listen(controlSocket(lab.directory));
  process.stdout.write(`ready ${file}\n`);
  await new Promise((resolve) => server.once('close', resolve));
  return 0;
}

const follows = (machines: readonly Machine[], machine: Machine): Machine | undefined =>
  machine === machines[0] ? undefined : machines[0];

async function act(lab: Lab, line: string): Promise<void> {
  const [verb, name, word = ''] = JSON.parse(line) as string[];
  const fault = faults.find((candidate) => candidate.name === verb);
  const machine = lab.machines.find((candidate) => candidate.name === name);
  if (fault === undefined) throw new Error(`cannot ${verb}`);
  if (machine === undefined) throw new Error(`no machine ${name}`);
  await fault.act(machine, word, lab);
}
