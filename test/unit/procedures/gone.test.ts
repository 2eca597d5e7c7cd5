import { describe, expect, test } from 'vitest';
import { ReplctlError } from '../../../src/errors.ts';
import { isGone, orGone } from '../../../src/procedures/gone.ts';

describe('a node that its operator says is gone', () => {
  test('is believed to be where its server does not run, or gives no session', () => {
    expect(isGone({ running: false, role: 'leader' }, 'leader')).toBe(true);
    expect(isGone({ running: true, role: 'leader', serverFailure: 'too many connections' }, 'leader')).toBe(true);
  });

  test('is believed to be where it led and leads no more: it cannot be changed', () => {
    expect(isGone({ running: true, role: 'follower' }, 'leader')).toBe(true);
    expect(isGone({ running: true, role: 'follower' }, 'other')).toBe(false);
  });

  test('is not where it can be asked to take back what is on it', () => {
    expect(isGone({ running: true, role: 'leader' }, 'leader')).toBe(false);
  });

  test('is not where it is the follower and its machine answers: the lease of a run that goes on may be there', () => {
    expect(isGone({ running: false, role: 'none' }, 'follower')).toBe(false);
  });
});

describe('where an unfinished run needs a node that it cannot have', () => {
  const refusal = async (error: Error): Promise<unknown> => {
    try {
      return await orGone('r-0a1b2c3d4e', async () => Promise.reject(error));
    } catch (told) {
      return told;
    }
  };

  test('the error says what to do if that is for ever', async () => {
    const hint = 'Is it switched on?';
    const error = new ReplctlError({ code: 'HOST_UNREACHABLE', node: 'db1', message: 'db1 does not answer', hint });
    expect(await refusal(error)).toMatchObject({
      exitCode: 7,
      message: 'db1 does not answer',
      hint: 'Is it switched on? If db1 is gone for good: replctl abandon r-0a1b2c3d4e --gone db1.',
    });
  });

  test.each(['SERVER_DOWN', 'LEADER_IN_RECOVERY', 'LEADER_FOLLOWS'])('so does a preflight’s %s', async (code) => {
    const details = { findings: [{ code }] };
    const error = new ReplctlError({ code: 'STEP_FAILED', node: 'db1', message: `${code}: …`, details });
    expect(await refusal(error)).toMatchObject({ exitCode: 4, hint: expect.stringContaining('--gone db1') });
  });

  test('every other error is passed on as it is', async () => {
    const error = new ReplctlError({ code: 'AUTHENTICATION_FAILED', node: 'db1', message: 'db1 refuses' });
    expect(await refusal(error)).toBe(error);
  });
});
