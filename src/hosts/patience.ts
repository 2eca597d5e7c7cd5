import { setTimeout as delay } from 'node:timers/promises';
import { isReplctlError } from '../errors.ts';

/** Milliseconds for which a session that is refused is asked for again, and between two tries. */
const sessionPatience = 2000;
const sessionPause = 50;

/** A busy sshd counts sessions that have just ended for a moment longer. What was refused was not run: it may be tried again. */
export const patiently = async <T>(attempt: () => Promise<T>): Promise<T> => {
  const deadline = performance.now() + sessionPatience;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const refused = isReplctlError(error) && error.details['sessionRefused'] === true;
      if (!refused || performance.now() > deadline) throw error;
      await delay(sessionPause);
    }
  }
};
