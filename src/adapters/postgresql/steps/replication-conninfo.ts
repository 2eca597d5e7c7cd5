import { conninfo } from '../conninfo.ts';
import { setting, type PostgresFacts } from '../facts.ts';
import type { Work } from '../work.ts';

/** TLS wherever the server has it, unless the fleet file says otherwise. */
export const sslMode = (work: Work, server: PostgresFacts): string => {
  const wanted = work.nodes.follower.database.tls;
  if (wanted === 'off') return 'disable';
  if (wanted) return wanted;
  return setting(server.server, 'ssl') === 'on' ? 'require' : 'disable';
};

/** How the follower logs in to the upstream or the source: for the proof, the copy, and tailing alike. No secret in it. */
export const replicationConninfo = (work: Work, server: Work['serving'][number], application: string): string =>
  conninfo({
    host: server.node.address,
    port: server.layout.port,
    user: work.role,
    passfile: work.passfile,
    sslmode: sslMode(work, server.facts),
    application_name: application,
    connect_timeout: 10,
    keepalives_idle: 30,
    keepalives_interval: 10,
    keepalives_count: 3,
  });
