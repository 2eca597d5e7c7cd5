import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { nodeFlag, runFlags, yesFlag } from '../flags/run-flags.ts';
import type { AbandonResult } from '../procedures/contract.ts';

export default class Abandon extends BaseCommand {
  static override summary = 'Undo what an unfinished run left: the only one, or the one named.';
  static override description = `Ends its jobs, then drops its slot and role and removes its staging place, and puts a data directory that was moved aside
back. A node that is gone for good is named with --gone: what the run made on the others is taken back. Asks first; --yes answers.`;
  static override examples = [
    '<%= config.bin %> <%= command.id %> r-0k3f9x2a1b',
    '<%= config.bin %> <%= command.id %> --node db3 --yes',
    '<%= config.bin %> <%= command.id %> r-0k3f9x2a1b --gone db1',
  ];
  static override args = { run: Args.string({ description: 'Run id, as `replctl runs` lists it.' }) };
  static override flags = {
    node: nodeFlag,
    gone: Flags.string({
      description:
        'This node of the run is dead and will not come back: take back what is on the others. May be repeated.',
      helpValue: 'NODE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    yes: yesFlag,
    ...runFlags,
  };

  override async run(): Promise<AbandonResult> {
    const { args, flags } = await this.parse(Abandon);
    return this.perform(flags, {
      work: async (session, interrupts) => {
        const confirm = this.confirm(flags.yes, interrupts);
        const { abandon } = await import('../procedures/abandon.ts');
        return abandon(session, { run: args.run, node: flags.node, gone: flags.gone ?? [], confirm });
      },
      text: async (result) => (await import('../report/follower-text.ts')).abandonedText(result),
    });
  }
}
