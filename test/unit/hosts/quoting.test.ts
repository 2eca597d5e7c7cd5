import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteArgv, quoteWord } from '../../../src/hosts/quoting.ts';

/** What a real shell makes of the text, NUL-separated so that nothing is lost. */
const splitBy = (shell: string, text: string): string[] => {
  const { stdout, status, stderr } = spawnSync(shell, ['-c', `printf '%s\\0' ${text}`], { encoding: 'buffer' });
  if (status !== 0) throw new Error(stderr.toString());
  return stdout.toString('utf8').split('\0').slice(0, -1);
};

const awkward = [
  "it's",
  '"double"',
  'two words',
  'line\nbreak',
  '$(touch /tmp/owned)',
  '`id`',
  '$HOME',
  '-n',
  '--',
  '',
  'Zoë/ключ/数据',
  'a\\b\\\\c',
  '!history',
  '~root',
  '*',
  'A=b',
  '#no comment',
  "'''",
  '\t',
  ';',
  '{a,b}',
];

describe('quoteArgv', () => {
  test.each(['sh', 'bash'])('hands every awkward argument through %s unchanged', (shell) => {
    expect(splitBy(shell, quoteArgv(awkward))).toEqual(awkward);
  });

  test('hands any argument through a real shell unchanged', () => {
    const argument = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 6 }), (argv) => {
        expect(splitBy('sh', quoteArgv(argv))).toEqual(argv);
      }),
      { numRuns: 200 },
    );
  });

  test('survives being quoted twice, as a command inside a command', () => {
    const inner = quoteArgv(['printf', '%s', "a 'b' $c"]);
    expect(splitBy('sh', quoteArgv(['sh', '-c', inner]))).toEqual(['sh', '-c', inner]);
  });

  test('leaves plain words readable', () => {
    expect(quoteArgv(['/usr/bin/systemctl', 'start', 'postgresql@17-main.service'])).toBe(
      '/usr/bin/systemctl start postgresql@17-main.service',
    );
  });

  test('refuses a NUL character, which no argument can have', () => {
    expect(() => quoteWord('a\0b')).toThrow('NUL');
  });
});
