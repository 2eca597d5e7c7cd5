import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable, printableLines } from '../../../src/report/printable.ts';

const parts = ['\x00', '\x1b[2J', '\x9b', '\u202e', '\u200b', '\ufeff', '\u2028', '\n', '\r', '\t', ' '];
const commands = ['::', '::error::', '##', '#', 'vso', '[', 'group', 'a', ':'];
const hostile = fc.string({ unit: fc.constantFrom(...parts, ...commands) });
const anything = fc.oneof(fc.string({ unit: 'binary' }), hostile);
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const obeyed = /^\s*::\s*[a-z]|##\w*\[/im;

describe('printable text', () => {
  test('is one line without anything that cannot be seen or that a CI system would obey, whatever it was', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(unseen);
        expect(shown).not.toMatch(obeyed);
      }),
      { numRuns: 2000 },
    );
  });

  test('keeps its lines below each other where that is asked for, each as harmless and indented', () => {
    fc.assert(
      fc.property(anything, (text) => {
        for (const line of printableLines(text, '    ').split('\n')) {
          expect(line.startsWith('    ')).toBe(true);
          expect(line).not.toMatch(unseen);
          expect(line).not.toMatch(obeyed);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('stays as it is when it is made printable again', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });

  test('stays as it is where there is nothing wrong with it', () => {
    for (const text of [
      'FEHLER: Rolle »replctl« existiert nicht',
      'エラー',
      '::1 and fe80::a, a::b',
      '# 3 [x]',
      'a  b',
    ]) {
      expect(printable(text)).toBe(text);
    }
  });

  test.each([
    ['\x1b[2J\x1b]0;title\x07', '\\x1b[2J\\x1b]0;title\\x07'],
    ['progress\rdone', 'progress\\x0ddone'],
    ['one\r\ntwo\n', 'one ⏎ two'],
    ['user\u202egnp.exe', 'user\\u{202e}gnp.exe'],
    ['ad\u200bmin', 'ad\\u{200b}min'],
    ['a\u2028b', 'a ⏎ b'],
    ['a\tb', 'a b'],
    ['::set-output name=x::y', ': :set-output name=x::y'],
    ['  ::error::x', '  : :error::x'],
    ['x ##vso[task.setvariable]y', 'x # #vso[task.setvariable]y'],
    ['##[error]x', '# #[error]x'],
    ['###[error]x', '## #[error]x'],
    ['#\u200b#vso[x]', '#\\u{200b}#vso[x]'],
    ['lone \ud800 surrogate', 'lone \\u{d800} surrogate'],
    ['\u{e0041}tag', '\\u{e0041}tag'],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});
