import { describe, expect, test } from 'vitest';
import { openProgress } from '../../../src/report/progress.ts';
import { terminalOf } from '../../../src/report/terminal.ts';
import { createScreen } from './screen.ts';

describe('a terminal', () => {
  test('shows more than ASCII where the locale says so', () => {
    const unicode = (env: Record<string, string>) => terminalOf(createScreen().stream, env).unicode;
    expect(unicode({ LANG: 'de_DE.UTF-8' })).toBe(true);
    expect(unicode({ LC_ALL: '', LC_CTYPE: 'C.utf8' })).toBe(true);
    expect(unicode({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' })).toBe(false);
    expect(unicode({})).toBe(false);
  });
});

describe('progress', () => {
  test('is drawn only where it is live, and is nothing at all where nobody wants it', async () => {
    const { stream, text } = createScreen();
    const warning = { at: '2026-11-03T12:00:00Z', event: 'warning', code: 'X', message: 'It is old.' } as const;
    const live = await openProgress('live', stream, {});
    expect(live.drawing).toBeDefined();
    const plain = await openProgress('plain', stream, {});
    expect(plain.drawing).toBeUndefined();
    const none = await openProgress('none', stream, {});
    expect(none.drawing).toBeUndefined();
    none.listener(warning);
    expect(text()).toBe('');
    plain.listener(warning);
    expect(text()).toContain('It is old.');
  });
});
