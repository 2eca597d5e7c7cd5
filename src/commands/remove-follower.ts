import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { runFlags, yesFlag } from '../flags/run-flags.ts';
import type { RemoveFollowerResult } from '../procedures/contract.ts';

export default class RemoveFollower extends BaseCommand {
  static override summary = 'Take NODE out: it stops following, and its slot and role are dropped.';
  static override description = `NODE's data stays where it is, read-only. With --gone, for a host that is dead, only the upstream side is cleaned up. Asks
first; --yes answers.`;
  static override examples = [
    '<%= config.bin %> <%= command.id %> db3',
    '<%= config.bin %> <%= command.id %> db3 --gone --yes --json',
  ];
  static override args = {
    node: Args.string({ required: true, description: 'Name of the node in the fleet file.' }),
  };
  static override flags = {
    gone: Flags.boolean({
      description: "NODE's host is dead and will not come back: clean up the upstream side only.",
    }),
    yes: yesFlag,
    ...runFlags,
  };

  override async run(): Promise<RemoveFollowerResult> {
    const { args, flags } = await this.parse(RemoveFollower);
    return this.perform(flags, {
      work: async (session, interrupts) => {
        const confirm = this.confirm(flags.yes, interrupts);
        const { removeFollower } = await import('../procedures/remove-follower.ts');
        return removeFollower(session, { node: args.node, gone: flags.gone, confirm });
      },
      text: async (result) => (await import('../report/follower-text.ts')).removedText(result),
    });
  }
}
