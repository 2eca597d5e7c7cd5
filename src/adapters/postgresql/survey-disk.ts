import { must, type ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { surveyScript } from './discover-script.ts';
import type { ControlFacts, DiskFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import { parseSections, type Sections } from '../sections.ts';

const parseControl = (text: string): ControlFacts | undefined => {
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
  const systemIdentifier = field('Database system identifier');
  if (!systemIdentifier) return undefined;
  return {
    systemIdentifier,
    timeline: Number(field("Latest checkpoint's TimeLineID")),
    state: field('Database cluster state'),
    nextOid: Number(field("Latest checkpoint's NextOID")),
    checksums: field('Data page checksum version') !== '0',
    blockSize: Number(field('Database block size')),
    segmentSize: Number(field('Bytes per WAL segment')),
  };
};

const parseWal = (found: Sections): DiskFacts['wal'] => {
  const dir = found.value('wal-dir');
  if (!dir) return undefined;
  return {
    dir,
    free: Number(found.value('wal-free')),
    device: found.value('wal-device'),
    mount: found.value('wal-mount') === 'yes',
  };
};

const parseDisk = (found: Sections): DiskFacts => {
  const control = parseControl(found.block('control'));
  const wal = parseWal(found);
  return {
    exists: found.value('exists') === 'yes',
    entries: Number(found.value('entries')),
    dataVersion: found.value('version'),
    mount: found.value('mount') === 'yes',
    parentWritable: found.value('parent-writable') === 'yes',
    free: Number(found.value('free')),
    device: found.value('device'),
    ...(wal ? { wal } : {}),
    tablespaceLinks: found.rows('tablespace').map(([oid, path]) => ({ oid: oid!, path: path! })),
    places: found.rows('place').map(([path, free, device, exists, writable, strangers]) => ({
      path: path!,
      free: Number(free),
      device: device!,
      exists: exists === 'yes',
      writable: writable === 'yes',
      strangers: (strangers ?? '').split(' ').filter((name) => name !== ''),
    })),
    signals: found.rows('signal').map(([name]) => name!),
    run: found.value('run'),
    serverProcess: found.block('postmaster') !== '',
    ...(control ? { control } : {}),
    settings: Object.fromEntries(found.rows('setting').map(([name, value]) => [name!, value ?? ''])),
    tools: found.rows('tool').map(([name]) => name!),
    zstd: found.value('configure').includes('--with-zstd'),
    kept: found.rows('kept').map(([bytes, path]) => ({ path: path!, bytes: bytes === '' ? null : Number(bytes) })),
    autoConf: found.block('auto-conf'),
  };
};

export interface DiskSurvey {
  readonly disk: DiskFacts;
  readonly icu: string;
  readonly port: number | undefined;
  readonly socketDir: string | undefined;
}

export interface SurveyOptions {
  /**
   * `light`: what `status` shows, without control file, programs and ICU; `full`: these too; `settings`: and the settings in the files of a server
   * that runs, which is asked for them itself where it gives a session.
   */
  readonly depth: 'light' | 'full' | 'settings';
  /** Directories that a copy will need besides. */
  readonly places?: readonly string[];
  readonly signal: AbortSignal;
}

/** Looks at a cluster's files as their owner. */
export const surveyDisk = async (
  node: Node<ReadingHost>,
  layout: Layout,
  { depth, places = [], signal }: SurveyOptions,
): Promise<DiskSurvey> => {
  const argv = ['sh', '-s', '--', layout.dataDir, layout.configDir, layout.binDir, depth, ...places];
  const { stdout } = await must(node.host, { argv, as: layout.osUser, stdin: surveyScript }, { signal });
  const found = parseSections(stdout);
  const postmaster = found.block('postmaster').split('\n');
  const disk = parseDisk(found);
  return {
    disk,
    icu: found.value('icu'),
    // A running server's own pid file is right even where its settings were changed since, or came on the command line.
    port: Number(postmaster[3] || disk.settings['port'] || 0) || undefined,
    socketDir: postmaster[4] || disk.settings['unix_socket_directories']?.split(',')[0]?.trim() || undefined,
  };
};
