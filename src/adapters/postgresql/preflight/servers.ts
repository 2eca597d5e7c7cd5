import type { Finding } from '../../adapter.ts';
import { setting, type PostgresFacts } from '../facts.ts';
import { configuredUpstream } from '../follower-state.ts';
import { error } from '../../finding.ts';
import type { Check, Scene } from './scene.ts';

const major = (facts: PostgresFacts): number => Math.floor((facts.server?.versionNumber ?? 0) / 10_000);

/** The servers that the follower will depend on: there, of one cluster, and in the role that they are needed for. */
const dependedOn: Check = ({ facts }) => {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const part of ['leader', 'upstream', 'source'] as const) {
    const node = facts[part];
    if (seen.has(node.node)) continue;
    seen.add(node.node);
    if (!node.layout) {
      findings.push(
        error({
          code: 'CLUSTER_NOT_FOUND',
          node: node.node,
          message: `no PostgreSQL cluster was found on ${node.node}, which is to be the ${part}`,
          hint: 'Name it with database.port or database.dataDir in the fleet file, or correct the host.',
        }),
      );
    } else if (!node.server) {
      findings.push(
        error({
          code: 'SERVER_DOWN',
          node: node.node,
          message: node.serverFailure ?? `the PostgreSQL server in ${node.layout.dataDir} on ${node.node} does not run`,
          hint: `Start the server on ${node.node}, then run this again.`,
        }),
      );
    } else if (
      part !== 'leader' &&
      facts.leader.server &&
      node.server.systemIdentifier !== facts.leader.server.systemIdentifier
    ) {
      findings.push(
        error({
          code: 'FOREIGN_CLUSTER',
          node: node.node,
          message: `${node.node} (system identifier ${node.server.systemIdentifier}) is not of ${facts.leader.node}'s cluster (${facts.leader.server.systemIdentifier})`,
          hint: `Correct host or database.port of ${node.node} in the fleet file.`,
        }),
      );
    }
  }
  return findings;
};

const roles: Check = ({ facts, nodes }) => {
  const { leader, upstream, source } = facts;
  const findings: Finding[] = [];
  if (leader.server?.inRecovery) {
    const from = configuredUpstream(leader.server)?.host;
    findings.push(
      error({
        code: 'LEADER_IN_RECOVERY',
        node: leader.node,
        message: `${leader.node} is the leader in the fleet file, but its server is itself a follower${from ? ` (of ${from})` : ''}`,
        hint: `Give ${leader.node} its \`follows\` in the fleet file and make the real leader the node without one.`,
      }),
    );
  }
  for (const node of [upstream, source]) {
    if (node.node !== leader.node && node.server && !node.server.inRecovery) {
      findings.push(
        error({
          code: 'NOT_A_FOLLOWER',
          node: node.node,
          message: `${node.node} should be a follower of ${leader.node}, but accepts writes itself`,
          hint: `Two leaders: find out which one the applications use before anything else (replctl status).`,
        }),
      );
    }
  }
  if (source.node !== leader.node && source.server?.replayPaused) {
    findings.push(
      error({
        code: 'REPLAY_PAUSED',
        node: source.node,
        message: `replay is paused on ${source.node}, from which the copy is to be taken`,
        hint: 'Run SELECT pg_wal_replay_resume() there, or take the copy from another node with --copy-from.',
      }),
    );
  }
  if (source.node !== leader.node && setting(leader.server, 'full_page_writes') === 'off') {
    findings.push(
      error({
        code: 'FULL_PAGE_WRITES_OFF',
        node: leader.node,
        message: `full_page_writes is off on ${leader.node}, so no backup can be taken from a follower`,
        hint: `Take the copy from the leader: --copy-from ${nodes.leader.name}.`,
      }),
    );
  }
  return findings;
};

const installation = ({ facts }: Scene): readonly Finding[] => {
  const { leader, follower } = facts;
  const wanted = major(leader);
  const node = follower.node;
  const package_ = wanted ? `postgresql-${wanted}` : 'postgresql';
  if (follower.machine.installed.length === 0) {
    return [
      error({
        code: 'SERVER_NOT_INSTALLED',
        node,
        message: `no PostgreSQL server is installed on ${node}`,
        hint: `Install the leader's major version there: apt-get install ${package_}.`,
      }),
    ];
  }
  if (!follower.layout) {
    const versions = follower.machine.installed.map(({ version }) => version).join(', ');
    return [
      error({
        code: 'CLUSTER_NOT_FOUND',
        node,
        message: `PostgreSQL ${versions} is installed on ${node}, but no cluster there fits database.port or database.dataDir of the fleet file`,
        hint: `Make one (pg_createcluster ${wanted || 'V'} main), or name the directory with database.dataDir of ${node}.`,
      }),
    ];
  }
  if (wanted && follower.layout.major !== wanted) {
    return [
      error({
        code: 'VERSION_DIFFERS',
        node,
        message: `${node} has PostgreSQL ${follower.layout.major}, the leader ${leader.node} ${leader.server?.version}: a physical copy needs the same major version`,
        hint: `Install ${package_} on ${node} and name its cluster (database.port or database.dataDir; database.binDir for its programs).`,
      }),
    ];
  }
  const missing = ['pg_basebackup', 'pg_verifybackup', 'psql'].filter((tool) => !follower.disk?.tools.includes(tool));
  if (missing.length > 0) {
    return [
      error({
        code: 'TOOLS_MISSING',
        node,
        message: `${missing.join(', ')} not found in ${follower.layout.binDir} on ${node}`,
        hint: `Install the client programs of the same major version: apt-get install postgresql-client-${wanted}.`,
      }),
    ];
  }
  return [];
};

const machines: Check = ({ facts: { source, follower } }) => {
  const findings: Finding[] = [];
  if (source.machine.architecture !== follower.machine.architecture) {
    findings.push(
      error({
        code: 'ARCHITECTURE_DIFFERS',
        node: follower.node,
        message: `${follower.node} is ${follower.machine.architecture}, ${source.node} is ${source.machine.architecture}: their data files differ`,
        hint: 'A physical copy needs machines of one architecture.',
      }),
    );
  }
  const own = follower.disk?.control;
  const block = Number(setting(source.server, 'block_size'));
  if (own && block && own.blockSize !== block) {
    findings.push(
      error({
        code: 'BLOCK_SIZE_DIFFERS',
        node: follower.node,
        message: `the server on ${follower.node} was built for pages of ${own.blockSize} bytes, the one on ${source.node} for ${block}`,
        hint: 'Install the same build of PostgreSQL on both.',
      }),
    );
  }
  return findings;
};

export const serverChecks: readonly Check[] = [dependedOn, roles, installation, machines];
