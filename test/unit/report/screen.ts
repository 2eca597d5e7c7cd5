import { Writable } from 'node:stream';

/** A terminal that keeps what was written to it. */
export const createScreen = () => {
  let written = '';
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      written += chunk.toString();
      done();
    },
  });
  const shape = { columns: 100, rows: 30, isTTY: true };
  return { stream: Object.assign(stream, shape) as unknown as NodeJS.WriteStream, text: () => written };
};
