/** A position in PostgreSQL's write-ahead log, as bytes since its beginning. */
export const parseLsn = (text: string): bigint => {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text);
  if (!match) throw new RangeError(`Not an LSN: ${JSON.stringify(text)}`);
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
};

export const formatLsn = (lsn: bigint): string =>
  `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;

/** Bytes from `from` to `to`; negative where `to` lies before. */
export const lsnDistance = (from: string, to: string): number => Number(parseLsn(to) - parseLsn(from));

const segmentsPerId = (segmentSize: number) => 0x100000000n / BigInt(segmentSize);

/** The number of the segment that holds the position, counted from the log's beginning. */
export const segmentNumber = (lsn: string, segmentSize: number): bigint => parseLsn(lsn) / BigInt(segmentSize);

/** `000000010000000A000000FE` → timeline 1 and the segment's number; undefined for other names. */
export const parseSegmentName = (
  name: string,
  segmentSize: number,
): { timeline: number; number: bigint } | undefined => {
  const match = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/.exec(name);
  if (!match) return undefined;
  const [, timeline, id, segment] = match;
  return {
    timeline: Number.parseInt(timeline!, 16),
    number: BigInt(`0x${id}`) * segmentsPerId(segmentSize) + BigInt(`0x${segment}`),
  };
};

export const segmentName = (timeline: number, number: bigint, segmentSize: number): string => {
  const hex = (value: bigint | number) => value.toString(16).toUpperCase().padStart(8, '0');
  const perId = segmentsPerId(segmentSize);
  return hex(timeline) + hex(number / perId) + hex(number % perId);
};
