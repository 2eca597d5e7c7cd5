import type { ErrorCode, ReplctlError } from '../errors.ts';
import type { Json } from '../workflow/json.ts';
import type { Warning } from '../workflow/step.ts';
import { causesOf } from './causes.ts';
import { printable } from './printable.ts';

/** What is always there is null where it is not known: a script need not ask twice. */
interface WarningDocument {
  readonly [key: string]: Json;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly node: string | null;
}

interface ErrorDocument {
  readonly [key: string]: Json;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly node: string | null;
  readonly step: string | null;
  readonly retryable: boolean;
  readonly exitCode: number;
  readonly details: { readonly [key: string]: Json };
}

/** The one document that `--json` prints, and that the last event carries. */
export type Envelope =
  | {
      readonly ok: true;
      readonly command: string;
      readonly run: string | null;
      readonly result: Json;
      readonly warnings: readonly WarningDocument[];
    }
  | {
      readonly ok: false;
      readonly command: string;
      readonly run: string | null;
      readonly error: ErrorDocument;
      /** As far as it got. */
      readonly result: Json;
      readonly warnings: readonly WarningDocument[];
    };

interface Common {
  readonly command: string;
  readonly run: string | null;
  readonly result: unknown;
  readonly warnings: readonly Warning[];
}

/** Secrets are masked by their own `toJSON`; what JSON does not know is left out. */
const toJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null) ?? 'null') as Json;

const text = (value: string | undefined): string | null => (value === undefined ? null : printable(value));

const warningDocument = ({ code, message, hint, node }: Warning): WarningDocument => ({
  code,
  message: printable(message),
  hint: text(hint),
  node: node ?? null,
});

const errorDocument = (error: ReplctlError): ErrorDocument => {
  const causes = causesOf(error);
  const details = toJson(error.details) as { readonly [key: string]: Json };
  return {
    code: error.code,
    message: printable(error.message),
    hint: text(error.hint),
    node: error.node ?? null,
    step: error.step ?? null,
    retryable: error.retryable,
    exitCode: error.exitCode,
    details: causes.length === 0 ? details : { ...details, causes },
  };
};

export const successEnvelope = ({ command, run, result, warnings }: Common): Envelope => ({
  ok: true,
  command,
  run,
  result: toJson(result),
  warnings: warnings.map(warningDocument),
});

export const failureEnvelope = ({ error, ...common }: Common & { readonly error: ReplctlError }): Envelope => ({
  ok: false,
  command: common.command,
  run: common.run,
  error: errorDocument(error),
  result: toJson(common.result),
  warnings: common.warnings.map(warningDocument),
});
