/**
 * Inside a place whose entries were moved, the run has a directory of its own: it goes, unless old data is kept in it. The marks stay with that: without them
 * an abandon that comes now would move the old entries over the copy's.
 */
export const closeScript = `
for place in "$@"; do
  rmdir -- "$place/aside" 2>/dev/null || :
  if [ ! -d "$place/aside" ]; then
    rm -f -- "$place/moved-out" "$place/moved-back"
    rmdir -- "$place" 2>/dev/null || :
  fi
done`;
