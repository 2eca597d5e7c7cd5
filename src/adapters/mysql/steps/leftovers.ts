import { must } from '../../../hosts/host.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, run as runs, sql } from '../../action.ts';
import { fileOf, holdsClaim } from '../../claims.ts';
import { pluginClaimed } from '../clone/plugin.ts';
import { hasKeyCommand, removeKeyCommand } from '../mariabackup/authorized-key.ts';
import { copyAccountName } from '../names.ts';
import { dropAccount, dropAccountStatement, findAccount } from './accounts.ts';
import { claimOn, giveBack } from './claimed.ts';
import { placeOf, type Removal } from './remove.ts';
import { retentionClaimed } from './retention.ts';

const claimed = [retentionClaimed, pluginClaimed];

/**
 * Usually there is nothing: a run takes back what only its copy needs. But for one that was abandoned while the leader or the upstream was gone, or that
 * nobody knows any more.
 */
export const takeBackLeftovers = (removal: Removal): Step => {
  const { fleet, name, leader } = removal;
  const copy = copyAccountName(fleet, name);
  const places = [leader, ...(removal.upstream.node.name === leader.node.name ? [] : [removal.upstream])].map(placeOf);
  return {
    id: 'remove.leftovers',
    title: `take back what only a copy for ${name} needed`,
    node: leader.node.name,
    input: { copy, on: places.map(({ node }) => node.name) },
    plan: () => [
      describe(sql(leader.node, dropAccountStatement(copy, ['%']))),
      ...places.flatMap((place) => [
        describe(runs(place.node, removeKeyCommand(copy, false))),
        ...claimed.map((one) => ({
          node: place.node.name,
          kind: 'file' as const,
          as: place.layout.adminUser,
          text: `give back what is claimed for ${name} in ${fileOf(claimOn(place, one.name))}`,
        })),
      ]),
    ],
    probe: async ({ signal }) => {
      if ((await findAccount(placeOf(leader), copy, signal)).length > 0)
        return { state: 'absent', evidence: `${copy} is still on ${leader.node.name}` };
      for (const place of places) {
        if ((await place.node.host.run(hasKeyCommand(copy), { signal })).exitCode === 0)
          return { state: 'absent', evidence: `${place.node.name} still lets in the key ${copy}` };
        for (const one of claimed) {
          if (await holdsClaim(claimOn(place, one.name), { node: name }, signal))
            return { state: 'absent', evidence: `${place.node.name} still has ${one.name} changed` };
        }
      }
      return { state: 'done', evidence: `there is nothing of a copy for ${name}` };
    },
    apply: async ({ signal }) => {
      await dropAccount(placeOf(leader), copy, signal);
      for (const place of places) {
        await must(place.node.host, removeKeyCommand(copy, false), { signal });
        for (const one of claimed) await giveBack(one, place, { node: name }, signal);
      }
    },
  };
};
