import { ReplctlError } from '../../errors.ts';

/** MariaDB's GTID position: replication domain → the server that wrote last in it, and its sequence number. */
export type GtidPosition = ReadonlyMap<number, { readonly server: number; readonly sequence: bigint }>;

/** Reads `0-1-100,1-3-7`. FAILED for anything else. Where a domain stands twice (in a binlog's state), the highest sequence counts. */
export const parseGtidPosition = (text: string): GtidPosition => {
  const found = new Map<number, { server: number; sequence: bigint }>();
  for (const part of text.replaceAll(/\s/g, '').split(',').filter(Boolean)) {
    const match = /^(\d+)-(\d+)-(\d+)$/.exec(part);
    if (!match)
      throw new ReplctlError({ code: 'FAILED', message: `${JSON.stringify(part.slice(0, 100))} is no GTID position` });
    const [domain, server, sequence] = [Number(match[1]), Number(match[2]), BigInt(match[3]!)];
    const known = found.get(domain);
    if (known === undefined || sequence > known.sequence) found.set(domain, { server, sequence });
  }
  return found;
};

/** How many sequence numbers `behind` lacks of `ahead`, over the domains of `ahead`. A sequence may have gaps: at most as many transactions. */
export const sequencesBehind = (ahead: GtidPosition, behind: GtidPosition): number =>
  Number(
    [...ahead].reduce((sum, [domain, { sequence }]) => {
      const reached = behind.get(domain)?.sequence ?? 0n;
      return sequence > reached ? sum + sequence - reached : sum;
    }, 0n),
  );

/** Has `reached` come at least as far as `wanted` in each of its domains? */
export const hasReached = (reached: GtidPosition, wanted: GtidPosition): boolean =>
  sequencesBehind(wanted, reached) === 0;
