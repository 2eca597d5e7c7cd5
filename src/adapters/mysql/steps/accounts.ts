import { masked, Masked, type Text } from '../../../masked.ts';
import type { Node } from '../../adapter.ts';
import { newPassword } from '../../new-password.ts';
import type { Dialect } from '../dialect.ts';
import { quoteAccount, quoteLiteral } from '../names.ts';
import type { Work } from '../work.ts';
import { ask, type Place } from './ask.ts';

/**
 * 32 characters, the most that MySQL takes for a replication account, 28 of them random; the end is for servers that want to see every kind of character in a
 * password.
 */
export const newAccountPassword = (): Masked => new Masked(`${newPassword().slice(0, 28)}.aA1`);

export interface Account {
  readonly user: string;
  /** Host parts: an account for each. */
  readonly from: readonly string[];
  readonly privileges: readonly string[];
  readonly tls: boolean;
}

const accountsOf = (user: string, hosts: readonly string[]): string =>
  hosts.map((host) => quoteAccount(user, host)).join(', ');

/** From the server's `max_user_connections`; as from its `default_password_lifetime`, by which replication would end one day. */
const exempt = 'WITH MAX_USER_CONNECTIONS 1000';

/**
 * Makes the account, or gives the one that is there a new password and the same rights. It is locked under every address until it has them
 * all under each: one that logs in is whole, and who is cut off between two of these begins anew.
 */
export const accountStatements = (
  dialect: Pick<Dialect, 'identified'>,
  { user, from, privileges, tls }: Account,
  password: Text,
  existing: readonly string[],
): readonly Text[] => [
  ...from.flatMap((host) => {
    const account = quoteAccount(user, host);
    const verb = existing.includes(host) ? 'ALTER' : 'CREATE';
    return [
      masked`${verb} USER ${account} ${dialect.identified(password)} REQUIRE ${tls ? 'SSL' : 'NONE'} ${exempt} ACCOUNT LOCK PASSWORD EXPIRE NEVER`,
      ...(privileges.length > 0 ? [`GRANT ${privileges.join(', ')} ON *.* TO ${account}`] : []),
    ];
  }),
  `ALTER USER ${accountsOf(user, from)} ACCOUNT UNLOCK`,
];

export const dropAccountStatement = (user: string, hosts: readonly string[]): string =>
  `DROP USER IF EXISTS ${accountsOf(user, hosts)}`;

/** Host parts under which the account exists. */
export const findAccount = async (place: Place, user: string, signal: AbortSignal): Promise<readonly string[]> => {
  const rows = await ask<{ host: string }>(
    place,
    signal,
    `SELECT Host AS host FROM mysql.user WHERE User = ${quoteLiteral(user)}`,
  );
  return rows.map(({ host }) => host);
};

/** Every account of that name goes, whichever addresses it was made for. */
export const dropAccount = async (place: Place, user: string, signal: AbortSignal): Promise<void> => {
  const hosts = await findAccount(place, user, signal);
  if (hosts.length > 0) await ask(place, signal, dropAccountStatement(user, hosts));
};

export const placeOn = (
  work: Work,
  part: 'leader' | 'upstream' | 'source' | 'follower',
): { node: Node; layout: Place['layout'] } => ({
  node: work.nodes[part],
  layout: work.layouts[part],
});
