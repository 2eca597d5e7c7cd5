import { Config, type Interfaces } from '@oclif/core';
import { ReplctlError } from './errors.ts';
import { didYouMean } from './fleet/nearest.ts';
import { failureEnvelope } from './report/envelope.ts';
import { errorText } from './report/error-text.ts';
import { jsonText } from './report/json-text.ts';

const unknownCommand = async (typed: string, options: Interfaces.Options): Promise<ReplctlError> => {
  const config = await Config.load(options);
  const known = config.commandIDs.map((id) => id.replaceAll(':', ' '));
  return new ReplctlError({
    code: 'USAGE',
    message: `replctl has no command "${typed}"${didYouMean(typed, known)}.`,
    hint: `The commands are: ${known.toSorted().join(', ')}.`,
  });
};

/** A failure outside of any command, in the same forms as a command's own. */
export const escapedFailure = async (
  thrown: unknown,
  options: Interfaces.Options,
): Promise<{ error: ReplctlError; json: string; text: string }> => {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const [, unknown] = /^command (.*) not found$/.exec(message) ?? [];
  const typed = unknown?.replaceAll(':', ' ') ?? '';
  const error =
    unknown === undefined
      ? new ReplctlError({ code: 'BUG', message, cause: thrown })
      : await unknownCommand(typed, options);
  return {
    error,
    json: jsonText(failureEnvelope({ command: typed, run: null, error, result: undefined, warnings: [] }), 2),
    text: errorText(error),
  };
};
