/** Control characters, format characters (bidi, zero-width, tags), lone surrogates, private use, letters that look like nothing. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|\u034F|\u115F|\u1160|\u17B4|\u17B5|\u3164|\uFFA0/gu;

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
};

/** What GitHub (`::` at the beginning of a line, `##[` anywhere), Azure Pipelines and TeamCity would take for a command. */
const disobeyed = (line: string): string =>
  line.replace(/##(?=\w*\[)/g, '# #').replace(/^(\s*):(?=:\s*[a-z])/i, '$1: ');

const neutralised = (line: string): string => disobeyed(line.replace(/\t/g, ' ').replace(unprintable, escaped));

const newline = /\r\n|[\n\v\f\u0085\u2028\u2029]/;

/**
 * Text that a server, a host or a file gave, as one line that is safe on a terminal and in a CI log: what is not text is shown as an
 * escape (`\x1b`), line breaks as ⏎, and nothing in it is a command to a CI system. Applied again, it changes nothing.
 */
export const printable = (text: string): string =>
  disobeyed(
    text
      .replace(/\s+$/, '')
      .split(newline)
      .map((line) => neutralised(line))
      .join(' ⏎ '),
  );

/** The same, with its line breaks kept: every line begins with `indent`, so that none can pass for ours. */
export const printableLines = (text: string, indent: string): string =>
  text
    .replace(/\s+$/, '')
    .split(newline)
    .map((line) => disobeyed(indent + neutralised(line)))
    .join('\n');
