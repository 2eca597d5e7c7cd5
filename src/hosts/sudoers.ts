import { readFileSync } from 'node:fs';

export interface SudoersRights {
  /** The SSH login. */
  readonly user: string;
  /** OS users whose commands it runs: the owner of the database files. */
  readonly owners: readonly string[];
  /** Exact commands as root, by their absolute paths; no wildcards. */
  readonly rootCommands: readonly (readonly string[])[];
}

const special = /[\\,:=!()#"*?[\]\s]/g;
const escape = (text: string) => text.replaceAll(special, String.raw`\$&`);

const rights = ({ user, owners, rootCommands }: SudoersRights): string[] => {
  const asOwner = owners.map((owner) => `${escape(user)} ALL=(${escape(owner)}) NOPASSWD: ALL`);
  if (rootCommands.length === 0) return asOwner;
  const commands = rootCommands.map((argv) => argv.map(escape).join(' ')).join(', ');
  return [...asOwner, `${escape(user)} ALL=(root) NOPASSWD: ${commands}`];
};

/** The file for /etc/sudoers.d, from templates/sudoers. */
export const sudoersFragment = (wanted: SudoersRights): string =>
  readFileSync(new URL('../../templates/sudoers', import.meta.url), 'utf8').replace('{{rights}}', () =>
    rights(wanted).join('\n'),
  );
