import type { PhaseContext } from '../adapter.ts';
import type { Step } from '../../workflow/step.ts';
import type { PostgresFacts } from './facts.ts';
import { account } from './steps/account.ts';
import { admit, dismiss } from './steps/admit.ts';
import { awaitSource } from './steps/source-position.ts';
import { catchUp } from './steps/catch-up.ts';
import { copiesFromUpstream } from './steps/basebackup.ts';
import { copy } from './steps/copy.ts';
import { prove } from './steps/prove.ts';
import { proveLog } from './steps/prove-log.ts';
import { proveLogin } from './steps/prove-login.ts';
import { reserve } from './steps/slot.ts';
import { standbyFiles } from './steps/standby-files.ts';
import { start } from './steps/start.ts';
import { swap } from './steps/swap.ts';
import { tidy } from './steps/tidy.ts';
import { verify } from './steps/verify.ts';
import { workOf } from './work.ts';

type Context = PhaseContext<PostgresFacts>;

export const snapshot = (context: Context): readonly Step[] => {
  const work = workOf(context);
  return [
    ...work.serving.map((server) => admit(work, server)),
    account(work),
    proveLogin(work),
    reserve(work),
    ...(copiesFromUpstream(work) ? [] : [awaitSource(work)]),
  ];
};

export const transfer = (context: Context): readonly Step[] => {
  const work = workOf(context);
  return [copy(work), verify(work), proveLog(work)];
};

export const configureTailing = (context: Context): readonly Step[] => {
  const work = workOf(context);
  return [standbyFiles(work), swap(work), start(work)];
};

export const waitForLag = (context: Context): readonly Step[] => {
  const work = workOf(context);
  return [catchUp(work), prove(work), ...work.serving.slice(1).map((server) => dismiss(work, server)), tidy(work)];
};
