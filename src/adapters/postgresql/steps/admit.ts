import { isIP } from 'node:net';
import type { Step } from '../../../workflow/step.ts';
import { describe, edit, sql } from '../../action.ts';
import { setting } from '../facts.ts';
import { hasBlock, isCurrent, renderBlock, withBlock, withoutBlock, type HbaBlock } from '../pg-hba.ts';
import type { Work } from '../work.ts';
import { saidYes } from '../../intent.ts';
import { editHba, hbaFileOf, isLoaded, readHba } from './hba-file.ts';
import { sslMode } from './replication-conninfo.ts';

const blockOf = (work: Work, server: Work['serving'][number]): HbaBlock => {
  const { follower } = work.nodes;
  const reach = work.context.facts.follower.reach[server.node.name];
  const literal = isIP(follower.address) !== 0 ? [follower.address] : [];
  return {
    fleet: follower.fleet,
    node: follower.name,
    role: work.role,
    // The address that its connections come from, and the one that the fleet file gives it, where that is an address.
    addresses: [...new Set([...(reach?.ok ? [reach.localAddress] : []), ...literal])],
    type: sslMode(work, server.facts) === 'disable' ? 'host' : 'hostssl',
  };
};

/** Lets the follower's role in through the server's `pg_hba.conf`, at its top. */
export const admit = (work: Work, server: Work['serving'][number]): Step => {
  const { node, facts, layout } = server;
  const file = hbaFileOf({ node, layout }, facts);
  const block = blockOf(work, server);
  const { run } = work;
  // Once it was: what is edited after that and waits to be loaded is another run's.
  let loaded = false;
  return {
    id: `snapshot.admit-${node.name}`,
    title: `let ${work.nodes.follower.name} in on ${node.name} (pg_hba.conf)`,
    node: node.name,
    input: { path: setting(facts.server, 'hba_file'), role: work.role },
    refusesRun: true,
    plan: () => [
      edit(node, layout.osUser, file.path, `at its top\n${renderBlock(block).trimEnd()}`),
      describe(sql(node, 'SELECT pg_reload_conf()')),
    ],
    probe: async ({ signal }) => {
      const content = await readHba(file, signal);
      if (!hasBlock(content, block)) return { state: 'absent' };
      if (!isCurrent(content, block))
        return { state: 'partial', evidence: `${file.path} has an older block for ${block.node}` };
      if (!loaded && !(await isLoaded(file, run, signal)))
        return { state: 'partial', evidence: `${file.path} was changed but not loaded` };
      return { state: 'done', evidence: `${file.path} lets ${work.role} in from ${block.addresses.join(', ')}` };
    },
    intent: async ({ signal }) => ({ existed: hasBlock(await readHba(file, signal), block) }),
    apply: async ({ signal }) => {
      await editHba(file, run, (content) => withBlock(content, block), signal);
      loaded = true;
    },
    undo: async ({ signal, intent }) => {
      // A block that was there before lets in the follower that is to be replaced: it is put back with its data.
      if (saidYes(intent, 'existed') || node.gone) return;
      await editHba(file, run, (content) => withoutBlock(content, block), signal);
    },
  };
};

/** A copy's source that is not tailed from is logged in to only once. */
export const dismiss = (work: Work, server: Work['serving'][number]): Step => {
  const { node, facts, layout } = server;
  const file = hbaFileOf({ node, layout }, facts);
  const block = blockOf(work, server);
  return {
    id: `finish.dismiss-${node.name}`,
    title: `take ${work.nodes.follower.name} out of pg_hba.conf on ${node.name}`,
    node: node.name,
    input: { path: file.path },
    plan: () => [edit(node, layout.osUser, file.path, `without the block of ${block.fleet}/${block.node}`)],
    probe: async ({ signal }) =>
      hasBlock(await readHba(file, signal), block)
        ? { state: 'absent' }
        : { state: 'done', evidence: `${file.path} has no block for ${block.node}` },
    apply: async ({ signal }) => {
      await editHba(file, work.run, (content) => withoutBlock(content, block), signal);
    },
  };
};
