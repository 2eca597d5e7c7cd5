import type { Finding } from '../../adapter.ts';
import { tablespacePath } from '../inspect.ts';
import { numberSetting } from '../facts.ts';
import { error, gigabytes, warning } from '../../finding.ts';
import type { Check, Scene } from './scene.ts';

interface Need {
  readonly what: string;
  readonly path: string;
  readonly device: string;
  readonly free: number;
  readonly bytes: number;
}

/** What the copy needs on the follower: the data, each tablespace, and the log that piles up while it is taken. */
const needs = ({ facts: { leader, source, follower }, nodes }: Scene): readonly Need[] => {
  const { disk, layout } = follower;
  if (!source.server || !disk || !layout) return [];
  const { tablespaces, clusterBytes } = source.server;
  const outside = tablespaces.reduce((sum, { bytes }) => sum + bytes, 0);
  const segment = numberSetting(source.server, 'wal_segment_size') || 16 * 1024 * 1024;
  const log = { what: 'log', bytes: 4 * segment };
  const kept = (source.disk?.kept ?? []).filter(({ path }) => path.startsWith(`${source.layout?.dataDir}/`));
  // Old data inside a data directory that is a mount point is sent along.
  const data = clusterBytes - outside + kept.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  return [
    { what: 'data', path: layout.dataDir, device: disk.device, free: disk.free, bytes: data },
    disk.wal
      ? { ...log, path: disk.wal.dir, device: disk.wal.device, free: disk.wal.free }
      : { ...log, path: layout.dataDir, device: disk.device, free: disk.free },
    ...tablespaces.map(({ name, oid, path, bytes }) => {
      const mapped = tablespacePath(nodes.follower, { oid, path }, leader);
      const place = disk.places.find((found) => found.path === mapped);
      return {
        what: `tablespace ${name}`,
        path: mapped,
        device: place?.device ?? mapped,
        free: place?.free ?? 0,
        bytes,
      };
    }),
  ];
};

const freeSpace: Check = (scene) => {
  const byDevice = Map.groupBy(needs(scene), ({ device }) => device);
  const { follower, source } = scene.facts;
  const pileUp = numberSetting(source.server, 'max_wal_size') * 1024 * 1024;
  return [...byDevice.values()].flatMap((group): Finding[] => {
    const { free, path } = group[0]!;
    const bytes = group.reduce((sum, need) => sum + need.bytes, 0);
    const what = group.map((need) => `${need.what} ${gigabytes(need.bytes)}`).join(', ');
    const evidence = { path, free, needed: bytes };
    if (free < bytes) {
      return [
        error({
          code: 'DISK_TOO_SMALL',
          node: follower.node,
          message: `${path} on ${follower.node} has ${gigabytes(free)} free, the copy needs ${gigabytes(bytes)} (${what})`,
          hint: 'Make room, or put database.dataDir, the tablespaces (database.tablespaces) or the log on a larger disk; what is there now is kept until the copy is proved.',
          evidence,
        }),
      ];
    }
    if (free < bytes * 1.1 + pileUp && group.some((need) => need.what === 'log')) {
      return [
        warning({
          code: 'DISK_TIGHT',
          node: follower.node,
          message: `${path} on ${follower.node} has ${gigabytes(free)} free; the copy takes ${gigabytes(bytes)}, and up to ${gigabytes(pileUp)} of log may pile up meanwhile`,
          hint: 'Make room, or add the follower while little is written.',
          evidence,
        }),
      ];
    }
    return [];
  });
};

const tablespacePlaces: Check = ({ facts: { follower, source } }) =>
  (follower.disk?.places ?? []).flatMap((place): Finding[] => {
    if (!place.path.startsWith('/')) {
      return [
        error({
          code: 'TABLESPACE_PATH',
          node: follower.node,
          message: `database.tablespaces of ${follower.node} maps to ${place.path}, which is not an absolute path`,
          hint: 'Write the whole path.',
        }),
      ];
    }
    const taken = place.strangers.find((name) => name.startsWith(`PG_${follower.layout?.major}_`));
    if (taken !== undefined) {
      const whose =
        source.machineId === follower.machineId && source.server?.tablespaces.some(({ path }) => path === place.path)
          ? `${source.node}, from which the copy is to be taken, has its own tablespace there`
          : `it holds ${taken} of another cluster`;
      return [
        error({
          code: 'TABLESPACE_TAKEN',
          node: follower.node,
          message: `${place.path} on ${follower.node} cannot take a tablespace of the copy: ${whose}`,
          hint: `Map it to a directory of its own with database.tablespaces of ${follower.node} in the fleet file; or, where no server needs ${taken} any more, move that away by hand.`,
        }),
      ];
    }
    if (place.writable) return [];
    const does = place.exists ? 'cannot be written by' : 'does not exist and cannot be made by';
    return [
      error({
        code: 'TABLESPACE_PLACE',
        node: follower.node,
        message: `${place.path}, a tablespace's place on ${follower.node}, ${does} ${follower.osUser}`,
        hint: `On ${follower.node}: install -d -o ${follower.osUser} -m 700 '${place.path}', or map it elsewhere with database.tablespaces.`,
      }),
    ];
  });

/** The leader keeps the log that the follower has not got yet; when its disk fills up, the leader stops. */
const upstreamLog: Check = ({ facts: { upstream, leader } }) => {
  const disk = upstream.disk;
  if (!disk || !leader.server) return [];
  const free = disk.wal?.free ?? disk.free;
  const wanted = Math.max(
    numberSetting(upstream.server, 'max_wal_size') * 1024 * 1024,
    leader.server.clusterBytes / 20,
  );
  if (free >= wanted) return [];
  return [
    warning({
      code: 'UPSTREAM_LOG_SPACE',
      node: upstream.node,
      message: `${upstream.node} has ${gigabytes(free)} free for its log, which must hold all that is written until the follower has it`,
      hint: 'Make room there first, or set max_slot_wal_keep_size so that the follower is given up before the leader stops.',
    }),
  ];
};

export const spaceChecks: readonly Check[] = [freeSpace, tablespacePlaces, upstreamLog];
