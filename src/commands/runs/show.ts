import { Args } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import type { ShowRunResult } from '../../procedures/contract.ts';

export default class ShowRun extends BaseCommand {
  static override summary = 'Show the steps of one run with their states and times.';
  static override examples = ['<%= config.bin %> <%= command.id %> r-0k3f9x2a1b'];
  static override args = {
    run: Args.string({ required: true, description: 'Run id, as `replctl runs` lists it.' }),
  };

  override async run(): Promise<ShowRunResult> {
    const { args, flags } = await this.parse(ShowRun);
    return this.perform(flags, {
      work: async (session) => {
        const { showRun } = await import('../../procedures/show-run.ts');
        return showRun(session, { run: args.run });
      },
      text: async (result) => (await import('../../report/runs-text.ts')).runText(result),
    });
  }
}
