import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { faults } from './faults.ts';
import { handLab } from './hand-lab.ts';
import { controlSocket } from './own.ts';

/** Has the owner of this checkout's machines do something to one of them. */
export async function control(words: readonly string[]): Promise<number> {
  const fault = faults.find(({ name }) => name === words[0]);
  if (fault === undefined || words.length !== 2 + fault.words)
    throw new Error(`usage: ${fault?.usage ?? 'see --help'}`);
  const lab = await handLab();
  const socket = createConnection(controlSocket(lab.directory));
  socket.end(JSON.stringify(words));
  const answer = await text(socket);
  if (answer !== 'done') throw new Error(answer === '' ? 'the lab has gone' : answer);
  return 0;
}
