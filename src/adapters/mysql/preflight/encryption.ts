import { error } from '../../finding.ts';
import { isOn } from '../facts.ts';
import type { Check } from './scene.ts';

const advice = {
  mysql: 'a keyring component (mysqld.my and its .cnf), whose keys need not be the same',
  mariadb: 'the same key plugin with the same keys (file_key_management)',
} as const;

/** Copied files are of no use without keys, nor is a table that says that it is to be encrypted; that would be found when all was copied. */
export const encryption: Check = ({ facts: { source, follower }, method }) => {
  if (!source.layout || !source.server || !follower.server || follower.server.holdsKeys) return [];
  const { encrypted } = source.server;
  // A dump has nothing of the log.
  if (encrypted === 0 && (method === 'dump' || !isOn(source.server, 'innodb_encrypt_log'))) return [];
  const what = encrypted > 0 ? `${encrypted} tablespaces` : 'the log of InnoDB';
  return [
    error({
      code: 'ENCRYPTED_DATA',
      node: follower.node,
      message: `${what} on ${source.node} are encrypted, and the server on ${follower.node} has no keys`,
      hint: `Give it ${advice[source.layout.flavour]}, restart it, then run this again${encrypted > 0 ? '' : '; or take --method dump'}.`,
    }),
  ];
};
