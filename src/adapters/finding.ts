import type { Finding } from './adapter.ts';

type Said = Omit<Finding, 'severity'>;
export const error = (finding: Said): Finding => ({ severity: 'error', ...finding });
export const warning = (finding: Said): Finding => ({ severity: 'warning', ...finding });

export const gigabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
