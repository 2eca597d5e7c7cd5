import { ReplctlError } from '../../../errors.ts';
import { must } from '../../../hosts/host.ts';
import type { LeaseGuard } from '../../../hosts/host.ts';
import type { Step } from '../../../workflow/step.ts';
import { poll } from '../../../workflow/waiting.ts';
import type { Node } from '../../adapter.ts';
import { describe, edit, run as runs, sql } from '../../action.ts';
import type { PostgresFacts } from '../facts.ts';
import { passfilePath } from '../layout.ts';
import { ownership, quoteIdent, quoteLiteral, roleName, slotPrefix } from '../names.ts';
import { hasBlock, withoutBlock } from '../pg-hba.ts';
import { ask, type Place } from './ask.ts';
import { editHba, hbaFileOf, readHba } from './hba-file.ts';
import { dropSlot } from './slot.ts';

export interface Removal {
  readonly run: string;
  readonly name: string;
  readonly fleet: string;
  readonly leader: Side;
  readonly upstream: Side;
  readonly follower?: Side & { readonly guard: () => LeaseGuard };
}

export interface Side {
  readonly node: Node;
  readonly facts: PostgresFacts;
}

const placeOf = ({ node, facts }: Side): Place => {
  if (!facts.layout) throw new TypeError(`No cluster on ${node.name}`);
  return { node, layout: facts.layout };
};

const quiet = [
  "ALTER SYSTEM SET primary_conninfo = ''",
  "ALTER SYSTEM SET primary_slot_name = ''",
  'SELECT pg_reload_conf()',
];

/** The node gets no more log, and stays a closed standby: `standby.signal` is left where it is. */
export const stopTailing = (removal: Removal & { readonly follower: NonNullable<Removal['follower']> }): Step => {
  const { follower, run } = removal;
  const place = placeOf(follower);
  const passfile = passfilePath(place.layout, removal.fleet, removal.name);
  return {
    id: 'remove.stop-tailing',
    title: `stop tailing on ${removal.name}; it stays closed to writes`,
    node: removal.name,
    input: { node: removal.name },
    plan: () => [
      describe(runs(follower.node, { argv: ['rm', '-f', '--', passfile], as: place.layout.osUser })),
      ...quiet.map((statement) => describe(sql(follower.node, statement))),
    ],
    probe: async ({ signal }) => {
      const [row] = await ask<{ conninfo: string; slot: string; receiving: boolean; recovering: boolean }>(
        place,
        run,
        signal,
        "SELECT current_setting('primary_conninfo') AS conninfo, current_setting('primary_slot_name') AS slot, EXISTS (SELECT FROM pg_stat_wal_receiver) AS receiving, pg_is_in_recovery() AS recovering",
      );
      if (!row!.recovering)
        throw new ReplctlError({
          code: 'FAILED',
          node: removal.name,
          message: `${removal.name} is not in recovery: it accepts writes of its own`,
          hint: 'It is no follower; take it out of the fleet file.',
        });
      if (row!.conninfo !== '' || row!.slot !== '' || row!.receiving) return { state: 'absent' };
      return { state: 'done', evidence: `${removal.name} has no upstream and is read-only` };
    },
    apply: async ({ signal }) => {
      // First: once it has no upstream this step counts as done, and nobody would come back for the password.
      await must(
        follower.node.host,
        { argv: ['rm', '-f', '--', passfile], as: place.layout.osUser, guard: follower.guard() },
        { signal },
      );
      for (const statement of quiet) await ask(place, run, signal, statement);
      await poll({ every: 200, timeout: 30_000, signal, what: `the end of ${removal.name}'s receiver` }, async () => {
        const [row] = await ask<{ receiving: boolean }>(
          place,
          run,
          signal,
          'SELECT EXISTS (SELECT FROM pg_stat_wal_receiver) AS receiving',
        );
        return row!.receiving ? undefined : true;
      });
    },
  };
};

/** Every slot that a run made for the node: none may hold the upstream's log for a node that is gone. */
export const dropSlots = (removal: Removal, side: 'upstream' | 'leader'): Step => {
  const place = placeOf(removal[side]);
  const prefix = slotPrefix(removal.name);
  const list = async (signal: AbortSignal) =>
    ask<{ name: string }>(
      place,
      removal.run,
      signal,
      'SELECT slot_name AS name FROM pg_replication_slots WHERE starts_with(slot_name, $1)',
      [prefix],
    );
  return {
    id: `remove.slots-${place.node.name}`,
    title: `drop ${removal.name}'s slot on ${place.node.name}`,
    node: place.node.name,
    input: { prefix },
    plan: () => [
      describe(
        sql(
          place.node,
          `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE starts_with(slot_name, ${quoteLiteral(prefix)})`,
        ),
      ),
    ],
    probe: async ({ signal }) => {
      const slots = await list(signal);
      return slots.length === 0
        ? { state: 'done', evidence: `${place.node.name} has no slot of ${removal.name}` }
        : { state: 'absent', evidence: slots.map(({ name }) => name).join(', ') };
    },
    apply: async ({ signal }) => {
      for (const { name } of await list(signal)) await dropSlot(place, removal.run, name, signal);
    },
  };
};

export const closeDoor = (removal: Removal, side: 'upstream' | 'leader'): Step => {
  const place = placeOf(removal[side]);
  const file = hbaFileOf(place, removal[side].facts);
  const owner = { fleet: removal.fleet, node: removal.name };
  return {
    id: `remove.admission-${place.node.name}`,
    title: `take ${removal.name} out of pg_hba.conf on ${place.node.name}`,
    node: place.node.name,
    input: { path: file.path },
    plan: () => [edit(place.node, place.layout.osUser, file.path, `without the block of ${owner.fleet}/${owner.node}`)],
    probe: async ({ signal }) =>
      hasBlock(await readHba(file, signal), owner)
        ? { state: 'absent' }
        : { state: 'done', evidence: `${file.path} has no block for ${removal.name}` },
    apply: async ({ signal }) => {
      await editHba(file, removal.run, (content) => withoutBlock(content, owner), signal);
    },
  };
};

/** Only a role that carries this fleet's and node's mark is dropped. */
export const dropRole = (removal: Removal): Step => {
  const place = placeOf(removal.leader);
  const role = roleName(removal.name);
  const find = async (signal: AbortSignal) =>
    ask(
      place,
      removal.run,
      signal,
      "SELECT 1 FROM pg_roles WHERE rolname = $1 AND shobj_description(oid, 'pg_authid') = $2",
      [role, ownership(removal.fleet, removal.name)],
    );
  return {
    id: 'remove.role',
    title: `drop the role ${role} on ${place.node.name}`,
    node: place.node.name,
    input: { role },
    plan: () => [describe(sql(place.node, `DROP ROLE ${quoteIdent(role)}`))],
    probe: async ({ signal }) =>
      (await find(signal)).length > 0
        ? { state: 'absent' }
        : { state: 'done', evidence: `there is no role ${role} of this fleet` },
    apply: async ({ signal }) => {
      if ((await find(signal)).length > 0) await ask(place, removal.run, signal, `DROP ROLE ${quoteIdent(role)}`);
    },
  };
};
