import { describe, expect, test } from 'vitest';
import { installInterrupts, signalOf } from '../../../src/workflow/interrupts.ts';

const fakeProcess = () => {
  const listeners = new Map<string, () => void>();
  const exits: number[] = [];
  return {
    exits,
    listeners,
    on: (name: string, listener: () => void) => listeners.set(name, listener),
    off: (name: string) => listeners.delete(name),
    exit: (code: number) => exits.push(code),
  };
};

describe('a signal', () => {
  test.each([
    ['SIGINT', 'INTERRUPTED', 130],
    ['SIGTERM', 'TERMINATED', 143],
    ['SIGHUP', 'HANGUP', 129],
  ] as const)('%s stops the work with exit %s %i and says how to resume', (name, code, exitCode) => {
    const source = fakeProcess();
    const interrupts = installInterrupts(source);
    interrupts.resumable('r-0123456789');
    source.listeners.get(name)!();
    expect(interrupts.signal.reason).toMatchObject({ code, exitCode, hint: 'Go on with: replctl resume r-0123456789' });
    expect(signalOf(interrupts.signal.reason)).toBe(name);
    expect(source.exits).toEqual([]);
  });

  test('that comes second ends the process at once', () => {
    const source = fakeProcess();
    installInterrupts(source);
    source.listeners.get('SIGINT')!();
    source.listeners.get('SIGTERM')!();
    expect(source.exits).toEqual([143]);
  });

  test('that comes twice at once, to the process and to its group, is one', () => {
    const source = fakeProcess();
    let clock = 0;
    installInterrupts(source, () => clock);
    source.listeners.get('SIGTERM')!();
    clock = 5;
    source.listeners.get('SIGTERM')!();
    expect(source.exits).toEqual([]);
    clock = 1000;
    source.listeners.get('SIGTERM')!();
    expect(source.exits).toEqual([143]);
  });

  test('does what it always did once the listeners are removed', () => {
    const source = fakeProcess();
    installInterrupts(source).remove();
    expect(source.listeners.size).toBe(0);
  });
});
