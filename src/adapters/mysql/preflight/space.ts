import { error, gigabytes, warning } from '../../finding.ts';
import type { Check } from './scene.ts';

/** What a data directory has besides its tables: dictionary, undo, redo and temporary files. */
const besides = 300_000_000;

/** A dump lies beside what is loaded from it, in part; later the files in which a table's indexes are sorted do. */
const spooled = 0.3;

export const spaceChecks: readonly Check[] = [
  ({ facts: { source, follower }, method }) => {
    const { disk, layout } = follower;
    if (!source.server || !disk || !layout) return [];
    const data =
      method === 'dump' ? source.server.dataBytes * (1 + spooled) : (source.disk?.bytes ?? source.server.dataBytes);
    const needed = Math.round(data) + besides;
    const evidence = { path: layout.dataDir, free: disk.free, needed };
    if (disk.free < needed)
      return [
        error({
          code: 'DISK_TOO_SMALL',
          node: follower.node,
          message: `${layout.dataDir} on ${follower.node} has ${gigabytes(disk.free)} free, the copy needs ${gigabytes(needed)}`,
          hint: 'Make room, or put database.dataDir on a larger disk; what is there now is kept until the copy is proved.',
          evidence,
        }),
      ];
    if (disk.free < needed * 1.2)
      return [
        warning({
          code: 'DISK_TIGHT',
          node: follower.node,
          message: `${layout.dataDir} on ${follower.node} has ${gigabytes(disk.free)} free; the copy takes ${gigabytes(needed)}, and relay logs may pile up meanwhile`,
          hint: 'Make room, or add the follower while little is written.',
          evidence,
        }),
      ];
    return [];
  },
  ({ facts: { upstream } }) => {
    const { disk, server, node } = upstream;
    if (!disk || !server) return [];
    const wanted = Math.max(1_000_000_000, server.dataBytes / 20);
    if (disk.free >= wanted) return [];
    return [
      warning({
        code: 'UPSTREAM_LOG_SPACE',
        node,
        message: `${node} has ${gigabytes(disk.free)} free for its binlogs, which must hold all that is written until the follower has it`,
        hint: 'Make room there first.',
      }),
    ];
  },
];
