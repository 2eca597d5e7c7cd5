import { must, type ReadingHost } from '../../hosts/host.ts';
import type { Node } from '../adapter.ts';
import { parseSections } from '../sections.ts';
import { diskScript } from './discover-script.ts';
import type { DiskFacts } from './facts.ts';
import { fragmentPath } from './fragment.ts';
import type { Layout } from './layout.ts';

/** What lies on the disk, seen as the administrator; changes nothing. */
export const surveyDisk = async (node: Node<ReadingHost>, layout: Layout, signal: AbortSignal): Promise<DiskFacts> => {
  const argv = [
    'sh',
    '-s',
    '--',
    layout.dataDir,
    fragmentPath(layout),
    layout.clientDir,
    layout.osUser,
    layout.stateDir,
    layout.unit ?? '',
  ];
  const { stdout } = await must(node.host, { argv, as: layout.adminUser, stdin: diskScript }, { signal });
  const found = parseSections(stdout);
  const yes = (key: string): boolean => found.value(key) === 'yes';
  const bytes = (text: string | undefined): number | null => (text ? Number(text) : null);
  return {
    exists: yes('exists'),
    entries: Number(found.value('entries')),
    databases: found.rows('database').map(([name]) => name!),
    mount: yes('mount'),
    parentWritable: yes('parent-writable'),
    free: Number(found.value('free')),
    device: found.value('device'),
    bytes: bytes(found.value('bytes')),
    otherUnit: found.value('other-unit'),
    serverProcess: found.value('process') !== '',
    elsewhere: found.rows('elsewhere').map((path) => path.join('\t')),
    run: found.value('run'),
    kept: found.rows('kept').map(([size, ...path]) => ({ path: path.join('\t'), bytes: bytes(size) })),
    claims: found.rows('claim').map(([name, run, node]) => ({ name: name!, run: run!, node: node! })),
    fragment: found.block('fragment'),
    programs: found.rows('program').map(([name]) => name!),
  };
};
