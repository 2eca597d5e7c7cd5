import type { Emit, RunListener } from './events.ts';

/** Stamps the time and tells every listener, in order. */
export const createEmitter = (listeners: readonly RunListener[], now: () => Date = () => new Date()): Emit => {
  return (event) => {
    const stamped = { at: now().toISOString(), ...event };
    for (const listener of listeners) listener(stamped);
  };
};
