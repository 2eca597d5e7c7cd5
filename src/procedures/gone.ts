import type { Adapter, Cast, Facts, Node } from '../adapters/adapter.ts';
import { isReplctlError, ReplctlError, withContext } from '../errors.ts';
import type { Session } from '../session.ts';
import type { Parts, Staged } from './cast.ts';

/**
 * Nobody can take back there what a run made: it does not run or answer, or it led and does not let itself be changed any more. A follower whose machine
 * answers never is: the lease lies there, somebody may be at work under it, and a stopped server is what a swap looks like.
 */
export const isGone = (
  facts: Pick<Facts, 'running' | 'serverFailure' | 'role'>,
  part: 'leader' | 'follower' | 'other',
): boolean =>
  part !== 'follower' &&
  (!facts.running || facts.serverFailure !== undefined || (part === 'leader' && facts.role !== 'leader'));

/** Undefined where it cannot be looked at, which is what its operator says. */
const lookAt = async (
  adapter: Adapter,
  node: Parameters<Adapter['inspect']>[0],
  signal: AbortSignal,
): Promise<Facts | undefined> => {
  try {
    return await adapter.inspect(node, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!isReplctlError(error) || error.code === 'BUG') throw error;
    return undefined;
  }
};

/** PREFLIGHT_REFUSED for one that can still be asked to. */
export const mustBeGone = async (session: Session, gone: readonly string[], follower: string): Promise<void> => {
  const adapter = await session.adapter();
  const { nodeNamed } = await import('../fleet/fleet.ts');
  const fleet = await session.fleet();
  const reached = await session.reach(gone.map((name) => nodeNamed(fleet, name)));
  for (const one of reached) {
    if (!('node' in one)) continue;
    const facts = await lookAt(adapter, one.node, session.signal);
    const part = one.name === follower ? 'follower' : one.name === fleet.leader.name ? 'leader' : 'other';
    if (!facts || isGone(facts, part)) continue;
    throw new ReplctlError({
      code: 'PREFLIGHT_REFUSED',
      node: one.name,
      message: `${one.name} is not gone: its ${part === 'follower' ? 'machine' : 'server'} answers`,
      hint: `Leave --gone ${one.name} out, so that what the run made there is taken back too.`,
    });
  }
};

/**
 * As `stage`, without those that are gone: the facts of one that answers stand for theirs, which is enough to name what the run made on the others.
 * Undefined where nobody is left.
 */
export const stageWithout = async (
  session: Session,
  adapter: Adapter,
  parts: Parts,
  gone: readonly string[],
): Promise<Staged | undefined> => {
  const { signal } = session;
  const leader = (await session.fleet()).leader.name;
  const names = [...new Set([parts.node, leader, parts.upstream, parts.source])];
  const living = names.filter((name) => !gone.includes(name));
  const looked = await Promise.all(
    living.map(async (name): Promise<[string, { node: Node; facts: Facts }]> => {
      const node = await session.node(name);
      return [name, { node, facts: await adapter.inspect(node, { signal }) }];
    }),
  );
  const known = new Map(looked);
  const [witness] = known.values();
  if (witness === undefined) return undefined;
  for (const name of names) {
    if (known.has(name)) continue;
    known.set(name, { node: await session.goneNode(name), facts: { ...witness.facts, node: name } });
  }
  const pick = <T>(part: (one: { node: Node; facts: Facts }) => T): Cast<T> => ({
    leader: part(known.get(leader)!),
    upstream: part(known.get(parts.upstream)!),
    source: part(known.get(parts.source)!),
    follower: part(known.get(parts.node)!),
  });
  return { nodes: pick(({ node }) => node), facts: pick(({ facts }) => facts) };
};

/** Findings about a node that may be out of use for ever: failed over from, or broken. */
const perhapsLost: readonly unknown[] = ['SERVER_DOWN', 'LEADER_IN_RECOVERY', 'LEADER_FOLLOWS'];

const isPerhapsGone = ({ code, details }: ReplctlError): boolean => {
  const findings: unknown = details['findings'];
  const [first] = Array.isArray(findings) ? (findings as readonly { readonly code?: unknown }[]) : [];
  return code === 'HOST_UNREACHABLE' || perhapsLost.includes(first?.code);
};

/** Where an unfinished run needs a node that it cannot have: the error tells what to do if that is for ever. */
export const orGone = async <T>(run: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!isReplctlError(error) || error.node === undefined || !isPerhapsGone(error)) throw error;
    const way = `If ${error.node} is gone for good: replctl abandon ${run} --gone ${error.node}.`;
    throw withContext(error, { hint: error.hint === undefined ? way : `${error.hint} ${way}` });
  }
};
