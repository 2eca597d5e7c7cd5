import { describe, expect, test } from 'vitest';
import { findLogGap, parseBackupLabel, type CopiedLog } from '../../../src/adapters/postgresql/log-gap.ts';

const segmentSize = 16 * 1024 * 1024;
/** Segments of the first 4 GB, by the last two digits of their names. */
const segments = (...numbers: readonly string[]): string[] =>
  numbers.map((number) => `0000000100000000000000${number}`);

/** A copy as `-X stream -S` makes it: START 0/3B000028, and the slot moved to where the copy's log ends. */
const sound: CopiedLog = {
  start: '0/3B000028',
  timeline: 1,
  files: ['archive_status', 'summaries', ...segments('3B', '3C', '3D')],
  segmentSize,
  slotAtCreation: '0/3A000060',
  slotNow: '0/3D000000',
  slotStatus: 'reserved',
};

describe('a copy can be followed from', () => {
  test.each<[string, Partial<CopiedLog>]>([
    ['where the slot reserves from before the copy', {}],
    ['where the slot was made at the very position of its start', { slotAtCreation: '0/3B000028' }],
    ['where the copy has moved the slot past its own start', { slotNow: '0/3D000028' }],
    ['where the slot stands at the end of the copy’s last segment', { slotNow: '0/3E000000' }],
    ['where the copy left the slot alone', { slotNow: '0/3A000060' }],
    ['of one segment', { files: segments('3B'), slotNow: '0/3A000060' }],
    [
      'where the log goes over into the next 4 GB',
      {
        start: '0/FE000028',
        files: ['0000000100000000000000FE', '0000000100000000000000FF', '000000010000000100000000'],
        slotAtCreation: '0/FD000000',
        slotNow: '1/0',
      },
    ],
    [
      'from a follower during a spread checkpoint, whose start lies far before the slot',
      {
        start: '0/46E9FF78',
        slotAtCreation: undefined,
        slotNow: '0/48000028',
        files: segments('46', '47', '48'),
      },
    ],
    [
      'where files of another timeline and partial ones lie about',
      {
        files: [...sound.files, '00000002000000000000003F', '00000001000000000000003E.partial', '00000002.history'],
      },
    ],
    ['whose slot the server no longer guarantees but still has', { slotStatus: 'unreserved' }],
  ])('%s', (_, unlike) => {
    expect(findLogGap({ ...sound, ...unlike })).toBeUndefined();
  });
});

describe('a copy is refused', () => {
  test.each<[string, Partial<CopiedLog>, string]>([
    [
      'whose slot was made after it began',
      { slotAtCreation: '0/3B000030' },
      "the slot was made at 0/3B000030, after the copy's start 0/3B000028",
    ],
    [
      'whose slot is gone',
      { slotNow: null, slotStatus: null },
      'the replication slot no longer reserves any log (no restart_lsn)',
    ],
    ['whose slot has lost its log', { slotStatus: 'lost' }, 'the replication slot no longer reserves any log (lost)'],
    [
      'without the segment that it starts in',
      { files: segments('3C', '3D') },
      'segment 00000001000000000000003B, where the copy starts, is not in it',
    ],
    ['without any log', { files: [] }, 'segment 00000001000000000000003B, where the copy starts, is not in it'],
    [
      'with a hole in its log',
      { files: segments('3B', '3D') },
      "segment 00000001000000000000003C is missing between the copy's start and 00000001000000000000003D",
    ],
    [
      'where the slot was moved past its last segment',
      { slotNow: '0/3E000028' },
      'the slot holds the log from 0/3E000028 on, the copy ends with 00000001000000000000003D',
    ],
    [
      'from another node, where the upstream’s slot begins after its last segment',
      { start: '0/46E9FF78', slotAtCreation: undefined, files: segments('46', '47'), slotNow: '0/96000028' },
      'the slot holds the log from 0/96000028 on, the copy ends with 000000010000000000000047',
    ],
    [
      'whose log is of another timeline',
      { timeline: 2 },
      'segment 00000002000000000000003B, where the copy starts, is not in it',
    ],
  ])('%s', (_, unlike, gap) => {
    expect(findLogGap({ ...sound, ...unlike })).toBe(gap);
  });
});

describe('a backup_label', () => {
  test('says where the copy starts, and on which timeline', () => {
    const label = [
      'START WAL LOCATION: 0/3B000028 (file 00000001000000000000003B)',
      'CHECKPOINT LOCATION: 0/3B000080',
      'BACKUP METHOD: streamed',
      'BACKUP FROM: primary',
      'START TIME: 2026-11-21 09:30:00 UTC',
      'LABEL: START WAL LOCATION: F/F',
      'START TIMELINE: 12',
      '',
    ].join('\n');
    expect(parseBackupLabel(label)).toEqual({ start: '0/3B000028', timeline: 12 });
  });

  test.each(['', 'START TIMELINE: 1\n', 'START WAL LOCATION: 0/3B000028 (file x)\n'])('is none: %j', (label) => {
    expect(parseBackupLabel(label)).toBeUndefined();
  });
});
