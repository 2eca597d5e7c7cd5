#!/bin/sh
# Makes NODE a follower, from CI or by hand: preflight, copy, proof. Run it again after any failure, on any machine: it goes on
# from where the world stands, and changes nothing once the follower is there.
#
#   provision.sh NODE [FLAGS OF add-follower …]
#
# REPLCTL_FLEET   the fleet file; default: ./replctl.yaml
# OUTPUT          directory for the JSON documents and the event stream; default: the working directory
# LEASE_TRIES     how often to try again, a minute apart, while another run works on NODE; default: 30
# CATCH_UP_TRIES  how often to wait on when NODE has not caught up within --wait-timeout; default: 3
set -eu

if [ $# -eq 0 ]; then
  echo "usage: $0 NODE [FLAGS OF add-follower ...]" >&2
  exit 2
fi
node=$1
shift
output=${OUTPUT:-.}
lease_tries=${LEASE_TRIES:-30}
catch_up_tries=${CATCH_UP_TRIES:-3}
resumed=no
mkdir -p "$output"

say() { printf '%s\n' "$*" >&2; }

# Runs replctl and keeps its exit code in $code instead of ending the script.
run() {
  code=0
  replctl "$@" || code=$?
}

add() { run add-follower "$node" "$@" --json --progress plain --events "$output/events.ndjson" >"$output/add-follower.json"; }
resume() { run resume --node "$node" --json --progress plain --events "$output/events.ndjson" >"$output/add-follower.json"; }

# The same checks without a change: what is refused is refused before anything began, and the plan is kept for the record.
run add-follower "$node" "$@" --dry-run --json --progress none >"$output/plan.json"
if [ "$code" -ne 0 ]; then
  say "provision: refused with exit code $code, nothing was changed; see $output/plan.json"
  exit "$code"
fi

add "$@"
while :; do
  case $code in
    0) break ;;
    4)
      # Failed after the first change. What was copied is still there: go on once, then leave it to a person.
      if [ "$resumed" = yes ]; then
        say "provision: failed again; look at $output/add-follower.json, then: replctl resume, or replctl abandon"
        exit 4
      fi
      say 'provision: failed half way; going on once'
      resumed=yes
      sleep 10
      resume
      ;;
    5)
      # The follower runs and catches up by itself; only the waiting ended.
      catch_up_tries=$((catch_up_tries - 1))
      if [ "$catch_up_tries" -lt 0 ]; then
        say "provision: $node runs but does not catch up"
        exit 5
      fi
      say "provision: $node has not caught up; waiting on"
      resume
      ;;
    6)
      # Another run works on this node. It may finish the job, or die and let go.
      lease_tries=$((lease_tries - 1))
      if [ "$lease_tries" -lt 0 ]; then
        say "provision: another run still holds $node"
        exit 6
      fi
      say "provision: another run holds $node; trying again in a minute"
      sleep 60
      add "$@"
      ;;
    *)
      # 2: usage, 3: preflight refused and nothing was changed, 7: unreachable, 129, 130, 143: interrupted.
      # The document says what to do; none of them is mended by trying again at once.
      say "provision: replctl ended with exit code $code; see $output/add-follower.json"
      exit "$code"
      ;;
  esac
done

# The whole fleet may have other troubles; that is for the monitoring. This follower is what counts here.
run status "$node" --json >"$output/status.json"
if [ "$code" -ne 0 ]; then
  say "provision: $node was added, but status ended with exit code $code; see $output/status.json"
  exit "$code"
fi
say "provision: $node is a follower and healthy"
