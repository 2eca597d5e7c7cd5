/** The text with what stands between `<!-- NAME -->` and `<!-- NAMEstop -->` replaced. */
export const betweenMarkers = (text, name, content) => {
  const [start, stop] = [`<!-- ${name} -->`, `<!-- ${name}stop -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(stop);
  if (from === -1 || to < from) throw new Error(`The markers ${start} and ${stop} are missing.`);
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
};
