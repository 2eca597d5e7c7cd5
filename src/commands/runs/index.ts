import { BaseCommand } from '../../base-command.ts';
import type { RunsResult } from '../../procedures/contract.ts';

export default class Runs extends BaseCommand {
  static override summary = 'List the runs that are known on this machine, newest first.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];

  override async run(): Promise<RunsResult> {
    const { flags } = await this.parse(Runs);
    return this.perform(flags, {
      work: async (session) => {
        const { runs } = await import('../../procedures/runs.ts');
        return runs(session);
      },
      text: async (result) => (await import('../../report/runs-text.ts')).runsText(result),
    });
  }
}
