import { readFile, rm } from 'node:fs/promises';
import { must } from './command.ts';

/** Makes a key pair without a passphrase and returns its public half, `TYPE BASE64`. */
export async function makeKey(file: string): Promise<string> {
  await rm(file, { force: true });
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', file]);
  const [type, key] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
  return `${type} ${key}`;
}
