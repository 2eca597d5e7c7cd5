import type { Cast } from '../../adapter.ts';
import { error, warning } from '../../finding.ts';
import type { CopyMethod } from '../copy-method.ts';
import { elsewhereObjection } from '../elsewhere.ts';
import { setting, type MysqlFacts } from '../facts.ts';
import { majorOf, type Layout } from '../layout.ts';
import type { Check } from '../preflight/scene.ts';
import { cloneJob, copyByClone } from './copy.ts';
import { isRelayed } from './client.ts';
import { canVerify, verify, verifyJob } from './verify.ts';
import { donorPlugin, holdsPlugin, needsPlugin, releasePlugin } from './plugin.ts';

/** The same series can be cloned into: 9.7.x, 8.4.x; 8.0.x from 8.0.37 on, before that one and the same version only (the manual, "Cloning Remote Data"). */
export const isSameSeries = (source: Pick<Layout, 'version'>, follower: Pick<Layout, 'version'>): boolean => {
  const [theirs, ours] = [majorOf(source), majorOf(follower)];
  if (theirs[0] !== ours[0] || theirs[1] !== ours[1]) return false;
  if (theirs[0] === 8 && theirs[1] === 0 && (theirs[2] < 37 || ours[2] < 37)) return theirs[2] === ours[2];
  return true;
};

const cloneObjection = ({ source, follower }: Cast<MysqlFacts>): string | undefined => {
  if (!source.layout || !follower.layout || !source.server) return undefined;
  if (source.layout.flavour !== 'mysql') return 'only MySQL has CLONE';
  const [major, minor, patch] = majorOf(source.layout);
  if (major < 8 || (major === 8 && minor === 0 && patch < 17))
    return `CLONE came with MySQL 8.0.17, ${source.node} has ${source.layout.version}`;
  if (!isSameSeries(source.layout, follower.layout))
    return `${source.node} has MySQL ${source.layout.version}, ${follower.node} ${follower.layout.version}: CLONE needs the same series`;
  const [theirs, ours] = [source, follower].map(({ server }) => setting(server, 'version_compile_os'));
  if (theirs && ours && theirs !== ours)
    return `the server on ${source.node} was compiled for ${theirs}, the one on ${follower.node} for ${ours}: CLONE needs the same`;
  const outside = elsewhereObjection(source);
  if (outside !== undefined) return outside;
  const [other] = source.server.otherEngines;
  if (other)
    return `CLONE leaves tables of other engines than InnoDB empty, such as ${other.schema}.${other.name} (${other.engine})`;
  return undefined;
};

const packets: Check = ({ facts: { source } }) => {
  const bytes = Number(setting(source.server, 'max_allowed_packet') || '0');
  if (bytes === 0 || bytes >= 2_097_152) return [];
  return [
    error({
      code: 'PACKET_TOO_SMALL',
      node: source.node,
      message: `max_allowed_packet is ${bytes} on ${source.node}; CLONE needs at least 2 MB`,
      hint: 'SET GLOBAL max_allowed_packet = 67108864 there, or take --method dump.',
    }),
  ];
};

const unchecked: Check = ({ facts, want }) => {
  const { source, follower } = facts;
  if (want.checksums === false || !follower.disk) return [];
  const finding = { code: 'PAGES_UNCHECKED', node: follower.node };
  if (!canVerify(facts))
    return [
      warning({
        ...finding,
        message: `there is no innochecksum on ${follower.node}: the pages of the copy are not checked`,
        hint: 'Install the package of the server that has it, or say --no-checksums.',
      }),
    ];
  if (!source.server?.encrypted) return [];
  return [
    warning({
      ...finding,
      message: `${source.server.encrypted} tablespaces on ${source.node} are encrypted: innochecksum cannot check the pages of their copies`,
      hint: 'CHECK TABLE on the follower reads them, once it is there.',
    }),
  ];
};

const relay: Check = ({ facts: { follower }, nodes, want }) =>
  !isRelayed({ nodes, want }) || !follower.disk || follower.disk.programs.includes('perl')
    ? []
    : [
        error({
          code: 'TOOLS_MISSING',
          node: follower.node,
          message: `there is no perl on ${follower.node}, which keeps a clone to --rate, and brings one from an IPv6 address`,
          hint: 'Install it (the package perl-base), or take --method dump.',
        }),
      ];

/** A copy of the files by the servers themselves. */
export const clone: CopyMethod = {
  name: 'clone',
  because: 'both servers are of one series and all data is InnoDB: the servers copy files',
  privileges: ['BACKUP_ADMIN'],
  objection: cloneObjection,
  findings: (scene) => [...packets(scene), ...relay(scene), ...unchecked(scene)],
  steps: (work) => [
    ...(needsPlugin(work.context.facts) ? [donorPlugin(work)] : []),
    copyByClone(work),
    ...(work.context.want.checksums !== false && canVerify(work.context.facts) ? [verify(work)] : []),
  ],
  release: releasePlugin,
  holds: async (work, signal) =>
    (await holdsPlugin(work, signal)) ? `${work.nodes.source.name} still has the clone plugin for the run` : undefined,
  jobs: (work) => [cloneJob(work), verifyJob(work), { ...cloneJob(work), id: `scratch-${work.run}` }],
};
