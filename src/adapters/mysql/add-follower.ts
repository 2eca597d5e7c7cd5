import type { PhaseContext } from '../adapter.ts';
import type { Step } from '../../workflow/step.ts';
import type { MysqlFacts } from './facts.ts';
import { methodNamed } from './methods.ts';
import { account } from './steps/account.ts';
import { catchUp } from './steps/catch-up.ts';
import { makeCopyAccount } from './steps/copy-account.ts';
import { position } from './steps/position.ts';
import { prove } from './steps/prove.ts';
import { proveLogin } from './steps/prove-login.ts';
import { keepBinlogs, needsRetention } from './steps/retention.ts';
import { start } from './steps/start.ts';
import { swap } from './steps/swap.ts';
import { tail } from './steps/tail.ts';
import { tidy } from './steps/tidy.ts';
import { workOf, type MethodName, type Work } from './work.ts';

type Context = PhaseContext<MysqlFacts>;

/** The procedures have made `auto` a method before there is a run. */
const work = (context: Context): Work => workOf(context, context.want.method as MethodName);

export const snapshot = (context: Context): readonly Step[] => {
  const made = work(context);
  const { privileges } = methodNamed(made.dialect.flavour, made.method);
  return [
    account(made),
    proveLogin(made),
    ...(needsRetention(context.facts) ? [keepBinlogs(made)] : []),
    ...(privileges.length > 0 ? [makeCopyAccount(made, privileges)] : []),
  ];
};

export const transfer = (context: Context): readonly Step[] => {
  const made = work(context);
  return methodNamed(made.dialect.flavour, made.method).steps(made);
};

export const configureTailing = (context: Context): readonly Step[] => {
  const made = work(context);
  return [swap(made), start(made), position(made), tail(made)];
};

export const waitForLag = (context: Context): readonly Step[] => {
  const made = work(context);
  return [catchUp(made), prove(made), tidy(made, methodNamed(made.dialect.flavour, made.method))];
};
