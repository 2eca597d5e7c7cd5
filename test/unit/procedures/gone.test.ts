import { expect, test } from 'vitest';
import { ReplctlError } from '../../../src/errors.ts';
import { orGone } from '../../../src/procedures/gone.ts';

const refusal = async (error: Error): Promise<unknown> => {
  try {
    return await orGone('r-0a1b2c3d4e', async () => Promise.reject(error));
  } catch (told) {
    return told;
  }
};

test('a node that cannot be reached for an unfinished run may be gone: its error says what to do then', async () => {
  const hint = 'Is it switched on?';
  const error = new ReplctlError({ code: 'HOST_UNREACHABLE', node: 'db1', message: 'db1 does not answer', hint });
  expect(await refusal(error)).toMatchObject({
    exitCode: 7,
    message: 'db1 does not answer',
    hint: 'Is it switched on? If db1 is gone for good: replctl abandon r-0a1b2c3d4e --gone db1.',
  });
});

test.each(['SERVER_DOWN', 'LEADER_IN_RECOVERY', 'LEADER_FOLLOWS'])(
  'a node may be gone where the preflight says %s',
  async (code) => {
    const details = { findings: [{ code }] };
    const error = new ReplctlError({ code: 'STEP_FAILED', node: 'db1', message: `${code}: …`, details });
    expect(await refusal(error)).toMatchObject({ exitCode: 4, hint: expect.stringContaining('--gone db1') });
  },
);

test('every other error is passed on as it is', async () => {
  const error = new ReplctlError({ code: 'AUTHENTICATION_FAILED', node: 'db1', message: 'db1 refuses' });
  expect(await refusal(error)).toBe(error);
});
