import { masked, type Text } from '../../masked.ts';
import { majorOf, type Layout } from './layout.ts';
import type { Tls } from './tls.ts';

export interface ClientAccess {
  readonly user: string;
  readonly password: Text;
  readonly host: string;
  readonly port: number;
  readonly tls: Tls;
}

/** How the client programs of one flavour are told of TLS. Off, MySQL's must ask for the key that caching_sha2_password encrypts with. */
const tlsLines = ({ flavour }: Pick<Layout, 'flavour'>, tls: Tls): readonly string[] => {
  if (flavour === 'mysql') {
    if (tls === 'off') return ['ssl-mode=DISABLED', 'get-server-public-key'];
    return [`ssl-mode=${tls === 'verify-full' ? 'VERIFY_IDENTITY' : 'REQUIRED'}`];
  }
  if (tls === 'off') return ['skip-ssl'];
  return ['ssl', tls === 'verify-full' ? 'ssl-verify-server-cert' : 'skip-ssl-verify-server-cert'];
};

/** No line may begin anew in a value. Host names and our own accounts have no such thing; the fleet file is looked at here once more. */
const value = (text: string): string => {
  if (/[\r\n\0"\\]/.test(text)) throw new RangeError(`${JSON.stringify(text)} cannot stand in an option file`);
  return `"${text}"`;
};

/** The option file with which a client program logs in: `--defaults-file=` it, as the first argument. */
export const optionFile = (layout: Pick<Layout, 'flavour'>, access: ClientAccess): Text => {
  const head = ['[client]', `user=${value(access.user)}`, `host=${value(access.host)}`, `port=${access.port}`];
  return masked`${[...head, 'protocol=tcp', ...tlsLines(layout, access.tls)].join('\n')}\npassword="${access.password}"\n`;
};

const name = { mysql: 'mysql', mariadb: 'mariadb' } as const;

/** The SQL client that prints a row a line, tabs between the values, and nothing else; it reads no option file but the one that is named. */
export const clientArgv = (layout: Layout, optionFilePath: string): readonly string[] => {
  // MariaDB has its own name for the program from 10.5 on.
  const program = layout.flavour === 'mariadb' && majorOf(layout)[0] >= 10 ? name.mariadb : name.mysql;
  return [
    `${layout.clientDir}/${program}`,
    `--defaults-file=${optionFilePath}`,
    '--batch',
    '--skip-column-names',
    '--raw',
    '--connect-timeout=10',
  ];
};
