import { setting } from '../facts.ts';
import { copyApplication } from '../names.ts';
import type { Work } from '../work.ts';
import { replicationConninfo } from './replication-conninfo.ts';

/** `--max-rate` takes 32 kB/s to 1 GB/s, in kilobytes of 1024. */
const maxRate = (bytesPerSecond: number): string =>
  `--max-rate=${Math.min(1_048_576, Math.max(32, Math.round(bytesPerSecond / 1024)))}`;

/**
 * With `*`, a quorum or our own name in `synchronous_standby_names`, a copy that names its slot would count as a synchronous standby, and its acknowledgements come late: it then
 * leaves the slot alone, which goes on reserving from before the copy (seen on 17 and 18).
 */
const leavesSlotAlone = ({ context }: Work): boolean => {
  const { server } = context.facts.source;
  return server?.inRecovery === false && setting(server, 'synchronous_standby_names') !== '';
};

export const copiesFromUpstream = (work: Work): boolean => work.nodes.source.name === work.nodes.upstream.name;

const usesSlot = (work: Work): boolean => copiesFromUpstream(work) && !leavesSlotAlone(work);

/**
 * Compressed by the server from 15 on; the client must have been built with zstd too. Not under `--rate`: the server counts compressed bytes, and
 * rows that compress thirtyfold would be read thirty times as fast as was asked for.
 */
const compression = (work: Work): readonly string[] => {
  const { source, follower } = work.context.facts;
  const able =
    work.context.want.rate === undefined &&
    work.layouts.source.major >= 15 &&
    source.server?.zstd === true &&
    follower.disk?.zstd === true;
  return able ? ['--compress=server-zstd:level=1'] : [];
};

export const basebackupArgv = (work: Work): readonly string[] => {
  const source = work.serving.find(({ node }) => node.name === work.nodes.source.name)!;
  const [data, ...others] = work.places;
  const { rate } = work.context.want;
  return [
    `${work.layouts.follower.binDir}/pg_basebackup`,
    '-d',
    // A slow disk must not let the server end the connection: it is watched from here.
    `${replicationConninfo(work, source, copyApplication(work.run))} options='-c wal_sender_timeout=0'`,
    '-w',
    '-D',
    data.staged,
    '-X',
    'stream',
    ...(usesSlot(work) ? ['-S', work.slot] : leavesSlotAlone(work) ? ['--no-slot'] : []),
    '-c',
    'fast',
    '--label',
    `replctl ${work.run}`,
    ...compression(work),
    ...(rate === undefined ? [] : [maxRate(rate)]),
    ...others.flatMap(({ kind, source: from, staged }) => {
      if (kind === 'wal') return [`--waldir=${staged}`];
      return from === undefined ? [] : ['-T', `${escapeMapping(from)}=${escapeMapping(staged)}`];
    }),
  ];
};

/** `=` separates the two paths of a mapping. */
const escapeMapping = (path: string): string => path.replaceAll('=', String.raw`\=`);

export const verifyArgv = (work: Work): readonly string[] => [
  `${work.layouts.follower.binDir}/pg_verifybackup`,
  '--exit-on-error',
  '--quiet',
  // What replctl writes into the copy itself, should this run again after that.
  ...['postgresql.auto.conf', 'postgresql.conf', 'pg_hba.conf', 'pg_ident.conf', 'standby.signal', 'replctl.run'].map(
    (name) => `--ignore=${name}`,
  ),
  work.places[0].staged,
];
