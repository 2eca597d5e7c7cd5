import { ReplctlError } from '../errors.ts';
import type { Adapter, Cast, Facts, Node } from '../adapters/adapter.ts';
import type { Session } from '../session.ts';
import type { Warning } from '../workflow/step.ts';

/** Who plays which part, by name. */
export interface Parts {
  readonly node: string;
  readonly upstream: string;
  readonly source: string;
}

export interface Staged {
  readonly nodes: Cast<Node>;
  readonly facts: Cast<Facts>;
}

const usage = (message: string, hint: string): ReplctlError => new ReplctlError({ code: 'USAGE', message, hint });

/** The parts as the fleet file and the flags give them. USAGE where they make no sense. */
export const chooseParts = async (
  session: Session,
  asked: { readonly node: string; readonly upstream?: string | undefined; readonly copyFrom?: string | undefined },
): Promise<{ parts: Parts; warnings: readonly Warning[] }> => {
  const fleet = await session.fleet();
  const { nodeNamed } = await import('../fleet/fleet.ts');
  const follower = nodeNamed(fleet, asked.node);
  const upstream = nodeNamed(fleet, asked.upstream ?? follower.follows ?? fleet.leader.name).name;
  const source = nodeNamed(fleet, asked.copyFrom ?? upstream).name;
  const { name } = follower;
  if (follower.follows === undefined) {
    throw usage(
      `${name} is the leader of fleet ${fleet.name}: it follows nobody`,
      `Name a node that has \`follows\` in ${fleet.file}.`,
    );
  }
  if (upstream === name) throw usage(`${name} cannot follow itself`, 'Name another node with --upstream.');
  if (source === name) throw usage(`${name} cannot be copied from itself`, 'Name another node with --copy-from.');
  const differs = upstream !== follower.follows;
  const warnings = differs
    ? [
        {
          code: 'UPSTREAM_DIFFERS',
          node: name,
          message: `${name} follows ${follower.follows} in ${fleet.file}, and is asked to follow ${upstream}`,
          hint: `Write \`follows: ${upstream}\` for ${name} in ${fleet.file}.`,
        },
      ]
    : [];
  return { parts: { node: name, upstream, source }, warnings };
};

interface Inspected {
  readonly node: Node;
  readonly facts: Facts;
}

/** Connects to everyone who takes part and reads their facts, all at once. */
export const stage = async (session: Session, adapter: Adapter, parts: Parts): Promise<Staged> => {
  const { leader } = await session.fleet();
  const { signal } = session;
  const names = [...new Set([leader.name, parts.upstream, parts.source])];
  const connecting = [...names, parts.node].map(async (name) => session.node(name));
  // The first failure is told; the others are waited for, so that none is left without a listener.
  await Promise.allSettled(connecting);
  const inspecting = Promise.all(
    names.map(async (name): Promise<[string, Inspected]> => {
      const node = await session.node(name);
      return [name, { node, facts: await adapter.inspect(node, { signal }) }];
    }),
  );
  const cast = inspecting.then((entries) => {
    const others = new Map(entries);
    const pick = (name: string) => others.get(name)!;
    return { leader: pick(leader.name), upstream: pick(parts.upstream), source: pick(parts.source) };
  });
  // What it needs depends on the others: it waits for them where it has to.
  const target = cast.then(({ leader: top, upstream, source }) => ({
    peers: upstream.node.name === source.node.name ? [upstream] : [upstream, source],
    source: source.facts,
    leader: top.facts,
  }));
  const lookingAtFollower = session.node(parts.node).then(async (node) => {
    return { node, facts: await adapter.inspect(node, { signal, target }) };
  });
  await Promise.allSettled([target, lookingAtFollower]);
  const { leader: top, upstream, source } = await cast;
  const follower = await lookingAtFollower;
  return {
    nodes: { leader: top.node, upstream: upstream.node, source: source.node, follower: follower.node },
    facts: { leader: top.facts, upstream: upstream.facts, source: source.facts, follower: follower.facts },
  };
};
