import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createConfirm, type ConsentOptions } from '../../../src/consent.ts';
import { ReplctlError } from '../../../src/errors.ts';

const at = (options: Partial<ConsentOptions> = {}) => {
  const input = new PassThrough();
  const output = new PassThrough();
  const defaults = { yes: false, interactive: true, signal: new AbortController().signal, interrupt: () => {} };
  return { input, output, options: { input, output, ...defaults, ...options } };
};

describe('a question before something is taken away', () => {
  test('is not asked with --yes', async () => {
    const { output, options } = at({ yes: true, interactive: false });
    await createConfirm(options)('Remove db3?');
    expect(output.read()).toBeNull();
  });

  test('is refused at once where nobody is there', () => {
    const { options } = at({ interactive: false });
    expect(() => createConfirm(options)).toThrow(expect.objectContaining({ code: 'CONSENT_MISSING', exitCode: 2 }));
  });

  test.each(['y\n', 'yes\n', 'Y\n', ' y \n'])('is answered with %j', async (answer) => {
    const { input, output, options } = at();
    input.write(answer);
    await createConfirm(options)('Remove db3?');
    expect(String(output.read())).toContain('Remove db3? [y/N]');
  });

  test.each(['\n', 'n\n', 'yep\n'])('is declined with %j', async (answer) => {
    const { input, options } = at();
    input.write(answer);
    await expect(createConfirm(options)('Remove db3?')).rejects.toMatchObject({ code: 'CONSENT_MISSING' });
  });

  test('is declined by the end of the input', async () => {
    const { input, options } = at();
    input.end();
    await expect(createConfirm(options)('Remove db3?')).rejects.toMatchObject({ code: 'CONSENT_MISSING' });
  });

  test('ends with the signal that interrupted it', async () => {
    const controller = new AbortController();
    const { options } = at({ signal: controller.signal });
    const asked = createConfirm(options)('Remove db3?');
    controller.abort(new ReplctlError({ code: 'INTERRUPTED', message: 'Interrupted by SIGINT.' }));
    await expect(asked).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
  });
});
