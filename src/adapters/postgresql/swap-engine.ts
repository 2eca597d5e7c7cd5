import type { SwapEngine } from '../swap-script.ts';

export const swapEngine: SwapEngine = {
  key: 'PG_VERSION',
  stopped: `[ ! -f "$1/postmaster.pid" ] || ! kill -0 "$(head -n 1 "$1/postmaster.pid")" 2>/dev/null || fail "a server still runs in $1";`,
};
