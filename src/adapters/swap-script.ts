import type { Place } from './places.ts';

/** What the scripts must know of an engine. */
export interface SwapEngine {
  /** Without this entry of the data directory no server starts: it leaves first and comes last. */
  readonly key: string;
  /** Body of a shell function: calls `fail TEXT` while a server runs in the directory `$1`. */
  readonly stopped: string;
}

/**
 * Shared by both directions. A place is five arguments: kind, mode, final, staged, aside, and its entries' glob as the sixth. Every move is a rename on
 * one file system and is followed by an fsync of the directories, so that after a power cut each step either happened or did not.
 */
const functions = String.raw`
set -eu
run=$1 key=$2; shift 2
fail() { printf '%s\n' "$1" >&2; exit 1; }
settle() { for at in "$@"; do [ ! -d "$at" ] || sync -- "$at"; done; }
list() ( cd -- "$1"; for name in $2 .[!.]* ..?*; do case $name in lost+found|.replctl-*) continue;; esac; [ "$2" = '*' ] || case $name in .*) continue;; esac; { [ -e "$name" ] || [ -L "$name" ]; } && printf '%s\0' "$name"; done; exit 0 )
# Entries take their directory's mode along. Arguments: from, to, glob, first|last
move_entries() {
  mkdir -p -- "$2"; chmod --reference="$1" -- "$2"
  [ "$4" = last ] || [ ! -e "$1/$key" ] || { mv -T -- "$1/$key" "$2/$key"; settle "$1" "$2"; }
  list "$1" "$3" | while IFS= read -r -d '' name; do
    [ "$4" = last ] && [ "$name" = "$key" ] && continue
    mv -T -- "$1/$name" "$2/$name"
  done
  settle "$1" "$2"
  [ "$4" = first ] || [ ! -e "$1/$key" ] || { mv -T -- "$1/$key" "$2/$key"; settle "$1" "$2"; }
}
# The old server's tablespaces are where its links say: without this, starting it would write into the new one's. its directory, from, to
relink() {
  for link in "$1"/pg_tblspc/*; do
    if [ -L "$link" ] && [ "$link" -ef "$2" ]; then ln -sfn -- "$3" "$link"; fi
  done
  settle "$1/pg_tblspc"
}
`;

const swap = String.raw`
place_out() { # mode final staged aside glob
  [ -d "$3" ] || return 0
  if [ "$1" = rename ]; then
    [ -d "$2" ] || { mkdir -p -- "$(dirname "$2")"; return 0; }
    if [ -e "$4" ]; then rmdir -- "$2" 2>/dev/null || fail "$2 came back after it was moved to $4"
    else mv -T -- "$2" "$4"; fi
    settle "$(dirname "$2")"
  elif [ ! -e "$(dirname "$3")/moved-out" ]; then
    move_entries "$2" "$4" "$5" first
    touch "$(dirname "$3")/moved-out"; settle "$(dirname "$3")"
  fi
}
place_in() {
  [ -d "$3" ] || return 0
  if [ "$1" = rename ]; then mv -T -- "$3" "$2"; settle "$(dirname "$2")"
  else move_entries "$3" "$2" "$5" last; rmdir -- "$3"; settle "$(dirname "$3")"; fi
}
data() { shift; [ ! -d "$3" ] || stopped "$2"; "$do" "$@"; }
# A tablespace's directory may by now be another cluster's, one that runs: only what the old data's own links lead to is moved.
only_own() {
  was=$3 kept=$5
  while [ $# -ge 6 ]; do
    if [ "$1" = tablespace ] && [ -d "$4" ] && [ ! -e "$(dirname "$4")/moved-out" ] && [ -d "$3" ] && [ -n "$(list "$3" "$6" | tr '\0' x)" ]; then
      own=''
      for link in "$was"/pg_tblspc/* "$kept"/pg_tblspc/*; do if [ -L "$link" ] && [ "$link" -ef "$3" ]; then own=yes; fi; done
      [ -n "$own" ] || fail "$3 holds $6 of a cluster that is not the one in $was: it was left alone"
    fi
    shift 6
  done
}
only_own "$@"
each() { while [ $# -ge 6 ]; do kind=$1; shift; [ "$kind" = data ] || { place_out "$1" "$2" "$3" "$4" "$5"; place_in "$1" "$2" "$3" "$4" "$5"; }; shift 5; done; }
do=place_out; data "$@"
set_aside=$5
each "$@"
# The server set aside keeps its own log and tablespaces: its links follow them.
links() {
  while [ $# -ge 6 ]; do
    if [ -d "$5" ]; then
      case $1 in
        wal) [ ! -L "$set_aside/pg_wal" ] || ln -sfn -- "$5" "$set_aside/pg_wal";;
        tablespace) relink "$set_aside" "$3" "$5";;
      esac
    fi
    shift 6
  done
}
links "$@"
do=place_in; data "$@"
[ "$(cat "$3/replctl.run")" = "$run" ] || fail "$3 is not the copy of $run"
`;

const restore = String.raw`
take_away() { # kind mode final staged aside glob
  if [ "$2" = entries ]; then
    base=$(dirname "$4")
    if [ -e "$base/moved-out" ] && [ ! -e "$base/moved-back" ]; then
      move_entries "$3" "$4" "$6" first
      touch "$base/moved-back"; settle "$base"
    fi
  elif [ -d "$3" ] && [ -d "$5" ] && [ -e "$4" ]; then
    rmdir -- "$3" 2>/dev/null || fail "$3 came back after it was moved to $5"
  elif [ -d "$3" ] && [ ! -e "$4" ]; then
    # Only what this run put there is taken away again.
    if [ "$1" = data ] && [ "$(cat "$3/replctl.run" 2>/dev/null)" != "$run" ]; then
      [ ! -d "$5" ] || fail "$3 is not the copy of $run: somebody put it there after $5 was set aside"
    elif [ "$1" = data ] || [ -d "$5" ]; then mv -T -- "$3" "$4"; settle "$(dirname "$3")"; fi
  fi
}
bring_back() {
  if [ "$2" = entries ]; then
    base=$(dirname "$4")
    if [ -d "$5" ]; then move_entries "$5" "$3" "$6" last; rmdir -- "$5"; settle "$base"; fi
    # In this order: without the first nothing is ever taken away.
    rm -f -- "$base/moved-out"; settle "$base"; rm -f -- "$base/moved-back"
  elif [ -d "$5" ] && [ ! -e "$3" ]; then mv -T -- "$5" "$3"; settle "$(dirname "$3")"; fi
}
stopped "$3"
# As on the way there: the data directory leaves first and comes last, so that no server finds half of each.
take_away "$@"
set_aside=$5
others() {
  while [ $# -ge 6 ]; do
    [ "$1" != tablespace ] || relink "$set_aside" "$5" "$3"
    [ "$1" = data ] || { take_away "$@"; bring_back "$@"; }
    [ "$1" != wal ] || [ ! -L "$set_aside/pg_wal" ] || ln -sfn -- "$3" "$set_aside/pg_wal"
    shift 6
  done
}
others "$@"
bring_back "$@"
`;

const stoppedFunction = ({ stopped }: SwapEngine): string => `\nstopped() {\n${stopped}\n}\n`;

const placeArguments = (run: string, places: readonly Place[], { key }: SwapEngine): readonly string[] => [
  run,
  key,
  ...places.flatMap(({ kind, mode, final, staged, aside, entries }) => [kind, mode, final, staged, aside, entries]),
];

/** Puts the staged copy where the server looks for its data, and what was there aside. Takes up where it was cut off. The data directory comes first in `places`. */
export const swapCommand = (run: string, places: readonly Place[], engine: SwapEngine): readonly string[] => [
  'bash',
  '-c',
  functions + stoppedFunction(engine) + swap,
  'swap',
  ...placeArguments(run, places, engine),
];

/** The way back: the copy to its staging place, what was set aside to where it was. Takes up where it, or the swap, was cut off. */
export const restoreCommand = (run: string, places: readonly Place[], engine: SwapEngine): readonly string[] => [
  'bash',
  '-c',
  functions + stoppedFunction(engine) + restore,
  'restore',
  ...placeArguments(run, places, engine),
];
