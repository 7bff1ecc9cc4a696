# The words of .ci/run. They count what passed and failed, remember the names of what failed, and
# keep the run within its time.
#
#   step LIMIT COMMAND        one command, which passes or fails as a whole and is ended after LIMIT
#                             seconds
#   required LIMIT COMMAND    the same; if it fails the run ends
#   tests BEGIN END COMMAND   a command that runs tests and counts them; after BEGIN no test begins,
#                             and at END the command is ended, in seconds since the run began
#   optional_tool TOOL PACKAGE  a program without which some tests are skipped; its package of the
#                             system is installed if we may do that
#   finish                    prints the result and ends the run

passed=0
failed=0
failures=()
failures_shown=20
left_out=()
log=$(mktemp)
trap 'rm -f "$log" "$log.plain"' EXIT

step() { run_step "$@" || true; }

required() { run_step "$@" || finish; }

run_step() {
  local limit=$1 status=0
  shift
  heading "$*"
  timeout --kill-after=10 "$limit" "$@" || status=$?
  if ((status == 0)); then
    passed=$((passed + 1))
  else
    echo "failed (exit code $status): $*"
    failed=$((failed + 1))
    add_failure "$* (exit code $status)"
  fi
  return "$status"
}

tests() {
  local begin=$1 end=$2 status=0 line
  shift 2
  if ((SECONDS >= begin)); then
    left_out+=("$*")
    return
  fi
  heading "$*"
  TESTS_UNTIL=$(($(date +%s) - SECONDS + begin)) \
    timeout --kill-after=10 "$((end - SECONDS))" "$@" 2>&1 | tee "$log" || status=$?
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1 || true)
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    if ((status != 0 && BASH_REMATCH[2] == 0)); then failed=$((failed + 1)); fi
  else
    # No test was counted: lint or types failed, or the time was over.
    failed=$((failed + 1))
    status=${status/#0/1}
  fi
  if ((status != 0)); then
    line=$(failures_in_log)
    while IFS= read -r line; do add_failure "$line"; done <<<"${line:-"$* (exit code $status)"}"
  fi
  if line=$(grep '^Left out, ' "$log"); then left_out+=("${line#*: }"); fi
}

optional_tool() {
  local tool=$1 package=$2
  if command -v "$tool" >/dev/null || [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    return
  fi
  heading "apt-get install $package"
  { timeout 60 apt-get update && timeout 120 apt-get install -y --no-install-recommends "$package"; } \
    >"$log" 2>&1 || tail -n 5 "$log"
}

finish() {
  heading 'Result'
  if ((${#left_out[@]} > 0)); then
    printf 'Left out, because no time was left: %s\n' "${left_out[@]}"
  fi
  if ((${#failures[@]} > 0)); then printf 'failed: %s\n' "${failures[@]:0:failures_shown}"; fi
  if ((${#failures[@]} > failures_shown)); then
    printf 'failed: %d more\n' "$((${#failures[@]} - failures_shown))"
  fi
  printf '%d passed, %d failed\n' "$passed" "$failed"
  if ((failed > 0)); then exit 1; fi
  exit 0
}

heading() { printf '\n== %s\n' "$1"; }

# Each name once: vitest says it as `file > title`, the table of the fault suite as the title alone.
add_failure() {
  local known
  if ((${#failures[@]} > 0)); then
    for known in "${failures[@]}"; do
      if [[ $known == "$1" || $known == *" > $1" ]]; then return; fi
    done
  fi
  failures+=("$1")
}

# The names in vitest's list of failures, then those in the table of the fault suite, without
# colours.
failures_in_log() {
  LC_ALL=C sed -e $'s/\e\\[[0-9;]*m//g' "$log" >"$log.plain"
  LC_ALL=C sed -n 's/^ FAIL  *//p' "$log.plain"
  LC_ALL=C sed -n 's/^FAILED: //p' "$log.plain"
}
