import type { Node } from '../adapter.ts';
import type { ReadingHost } from '../../hosts/host.ts';
import { isOn, setting, type MysqlFacts } from './facts.ts';

export type Tls = 'require' | 'verify-full' | 'off';

/** Does the server speak TLS? MySQL 8.4 and later have no `have_ssl` any more: a certificate says so. */
export const speaksTls = ({ server }: Pick<MysqlFacts, 'server'>): boolean => {
  const have = setting(server, 'have_ssl');
  return have === '' ? setting(server, 'ssl_cert') !== '' : isOn(server, 'have_ssl');
};

/** As the fleet file says; else TLS wherever the server has it. */
export const tlsOf = (follower: Pick<Node<ReadingHost>, 'database'>, upstream: Pick<MysqlFacts, 'server'>): Tls =>
  follower.database.tls ?? (speaksTls(upstream) ? 'require' : 'off');
