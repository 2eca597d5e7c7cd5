import type { Drawing } from '../workflow/drawing.ts';
import type { RunListener } from '../workflow/events.ts';
import { terminalOf } from './terminal.ts';

export interface ProgressReport {
  /** For `runSteps` and `abandonRun`; undefined where nothing is drawn. */
  readonly drawing: Drawing | undefined;
  /** For the emitter. */
  readonly listener: RunListener;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** How progress is shown: `live` redraws a list, `plain` writes sentences, `none` nothing at all (warnings are in the envelope). */
export const openProgress = async (
  mode: 'live' | 'plain' | 'none',
  stream: NodeJS.WriteStream,
  env: Environment,
): Promise<ProgressReport> => {
  const terminal = terminalOf(stream, env);
  switch (mode) {
    case 'live': {
      const { createLive } = await import('./live.ts');
      return createLive(stream, terminal);
    }
    case 'plain': {
      const { createPlain } = await import('./plain.ts');
      return { drawing: undefined, listener: createPlain(stream, terminal) };
    }
    case 'none':
      return { drawing: undefined, listener: () => undefined };
  }
};
