import type { RunEvent, RunListener } from '../workflow/events.ts';
import type { Progress } from '../workflow/step.ts';
import { plural } from './findings.ts';
import { printable } from './printable.ts';
import { progressPhrase } from './progress-text.ts';
import type { Terminal } from './terminal.ts';
import { duration } from './units.ts';
import { warningText } from './warning-text.ts';

/** A line every 10 %, or every 30 s. */
const share = 10;
const silence = 30_000;

interface Told {
  readonly at: number;
  readonly tenth: number;
  readonly phase: string | undefined;
}

const tenthOf = ({ bytes, total }: Progress): number =>
  bytes === undefined || total === undefined || total <= 0 ? 0 : Math.floor(((bytes / total) * 100) / share);

/** Progress as whole sentences, a line each, for logs and screen readers: no glyph or colour is needed to understand them. */
export const createPlain = (stream: NodeJS.WritableStream, terminal: Terminal): RunListener => {
  let places = new Map<string, string>();
  let told: Told = { at: 0, tenth: 0, phase: undefined };
  const say = (text: string): void => void stream.write(`${text}\n`);
  const step = (event: { readonly step: string }): string => places.get(event.step) ?? `Step ${printable(event.step)}`;

  const progress = (event: RunEvent & { event: 'step-progress' }): void => {
    const at = Date.parse(event.at);
    const tenth = tenthOf(event);
    const news = tenth > told.tenth || (event.phase !== undefined && event.phase !== told.phase);
    if (!news && at - told.at < silence) return;
    const phrase = progressPhrase(event);
    told = { at, tenth, phase: event.phase };
    if (phrase !== '') say(`${step(event)}: ${phrase}.`);
  };

  return (event) => {
    switch (event.event) {
      case 'run-started': {
        const { steps, run, command } = event;
        places = new Map(steps.map(({ id }, index) => [id, `Step ${index + 1} of ${steps.length}`]));
        const verb = event.resumed ? 'Going on with run' : 'Run';
        return say(`${verb} ${run}: ${command}, ${plural(steps.length, 'step')}.`);
      }
      case 'run-abandoning':
        return say(`Taking back run ${event.run}: ${plural(event.steps.length, 'step')}.`);
      case 'step-started':
        told = { at: Date.parse(event.at), tenth: 0, phase: undefined };
        return say(`${step(event)}, on ${event.node}: ${printable(event.title)}.`);
      case 'step-skipped':
        return say(
          `${step(event)}, on ${event.node}: ${printable(event.title)}. Done already: ${printable(event.evidence)}.`,
        );
      case 'step-progress':
        return progress(event);
      case 'step-done':
        return say(`${step(event)} is done after ${duration(event.seconds)}.`);
      case 'step-failed':
        return say(`${step(event)} failed after ${duration(event.seconds)}.`);
      case 'step-undo-started':
        return say(`Taking back, on ${event.node}: ${printable(event.title)}.`);
      case 'step-undone':
        return say(`Taken back after ${duration(event.seconds)}.`);
      case 'warning':
        return say(warningText(event, terminal));
      case 'run-interrupted':
        return say(`Run ${event.run} was stopped by ${event.signal}.`);
      case 'run-ended':
        return;
      default:
        event satisfies never;
    }
  };
};
