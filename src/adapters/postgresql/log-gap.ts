import { parseLsn, parseSegmentName, segmentName, segmentNumber } from './lsn.ts';

export interface CopiedLog {
  /** START WAL LOCATION and START TIMELINE of the copy's `backup_label`. */
  readonly start: string;
  readonly timeline: number;
  /** File names in the copy's `pg_wal`. */
  readonly files: readonly string[];
  /** Bytes. */
  readonly segmentSize: number;
  /** The slot's `restart_lsn` as recorded when it was made, before the copy; absent where the copy came from another node. */
  readonly slotAtCreation: string | undefined;
  /** The slot's `restart_lsn` now; `-X stream -S` moves it along with the copy. */
  readonly slotNow: string | null;
  /** `wal_status` now. */
  readonly slotStatus: string | null;
}

/**
 * The log-gap rule. Undefined where the follower can tail from the copy without a hole, else what is missing. Two halves: nothing between the
 * slot's making and START may be unreserved, and from START the log must reach, without a hole, to where the slot holds it today.
 */
export const findLogGap = (log: CopiedLog): string | undefined => {
  if (log.slotNow === null || log.slotStatus === 'lost') {
    return `the replication slot no longer reserves any log (${log.slotStatus ?? 'no restart_lsn'})`;
  }
  if (log.slotAtCreation !== undefined && parseLsn(log.slotAtCreation) > parseLsn(log.start)) {
    return `the slot was made at ${log.slotAtCreation}, after the copy's start ${log.start}`;
  }
  const present = new Set(
    log.files
      .map((name) => parseSegmentName(name, log.segmentSize))
      .filter((segment) => segment?.timeline === log.timeline)
      .map((segment) => segment!.number),
  );
  let next = segmentNumber(log.start, log.segmentSize);
  if (!present.has(next))
    return `segment ${segmentName(log.timeline, next, log.segmentSize)}, where the copy starts, is not in it`;
  while (present.has(next)) next += 1n;
  const beyond = [...present].find((number) => number > next);
  if (beyond !== undefined) {
    return `segment ${segmentName(log.timeline, next, log.segmentSize)} is missing between the copy's start and ${segmentName(log.timeline, beyond, log.segmentSize)}`;
  }
  if (parseLsn(log.slotNow) > next * BigInt(log.segmentSize)) {
    return `the slot holds the log from ${log.slotNow} on, the copy ends with ${segmentName(log.timeline, next - 1n, log.segmentSize)}`;
  }
  return undefined;
};

/** Reads what the rule needs from a `backup_label`. */
export const parseBackupLabel = (label: string): { start: string; timeline: number } | undefined => {
  const start = /^START WAL LOCATION: ([0-9A-F]+\/[0-9A-F]+) /m.exec(label)?.[1];
  const timeline = /^START TIMELINE: (\d+)$/m.exec(label)?.[1];
  return start && timeline ? { start, timeline: Number(timeline) } : undefined;
};
