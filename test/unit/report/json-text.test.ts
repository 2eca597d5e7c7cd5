import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../../src/report/json-text.ts';

const hostile = fc.string({
  unit: fc.constantFrom('#', '[', '\u202e', '\u009b', '\u{e0041}', '\u2028', '"', '\\', 'a', '\n'),
});
const value = fc.oneof(fc.jsonValue(), hostile, fc.dictionary(hostile, hostile));

test('JSON text means what it was made of, and neither terminals nor CI systems find anything in it', () => {
  fc.assert(
    fc.property(value, (original) => {
      const text = jsonText(original, 2);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(original)));
      expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      expect(text).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|##/u);
    }),
    { numRuns: 1000 },
  );
});
