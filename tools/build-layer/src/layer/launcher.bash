#!/bin/bash -p
# Lambda starts the function when every extension has registered: this registers in 4 ms, where Node would need 50.
# Then Node takes over this process, with the identifier and the open connection in its environment.
# Bash alone, no other program, bash 4.2 (Amazon Linux 2) and newer. -p: the customer's BASH_ENV is not read.

set -f            # a * in PATH stays a *
set +o posix      # POSIXLY_CORRECT would end this script at the first connection that fails
shopt -s execfail # an engine that cannot be executed must not end this script: see the last line
trap '' PIPE      # a connection that is reset while we write must not end this script

# The function's environment is not the extension's: docs/adr/0206. First the variables that change bash, then the other
# names that bash reads, or gives its own values. (To unset BASH_XTRACEFD=2 would close stderr.)
unset -v TMOUT FUNCNEST BASH_COMPAT
export -n "${!BASH@}" SHELLOPTS POSIXLY_CORRECT POSIX_PEDANTIC CDPATH CHILD_MAX EXECIGNORE GLOBIGNORE GLOBSORT \
  IFS PS1 PS2 PS4 OPTARG OPTERR OPTIND COMP_WORDBREAKS HISTCMD LINENO PPID PWD OLDPWD \
  RANDOM SRANDOM EPOCHSECONDS EPOCHREALTIME
# The hand-off comes from this script alone, and a start check does not use this script.
unset -v LAMBDA_EXTENSION_{NAME,HANDOFF_VERSION,IDENTIFIER,EVENTS,REGISTRATION,SOCKET_FD,EVENT,START_CHECK,COMMAND}

# Takes out of the environment what changes Node.js, Bun, OpenSSL, memory, or what the dynamic linker writes. For every X
# of this list, the engine gets LAMBDA_EXTENSION_X as X. NODE_ENV is for programs: it passes.
use_own_variables() {
  local pattern key keys twins="${!LAMBDA_EXTENSION_*}"
  for pattern in \
    NODE_* UV_THREADPOOL_SIZE UV_USE_IO_URING WATCH_REPORT_DEPENDENCIES UNDICI_NO_FG \
    ICU_TIMEZONE_FILES_DIR ICU_NO_USER_DATA_OVERRIDE SIMDUTF_FORCE_IMPLEMENTATION CARES_HOSTS \
    BUN_* MIMALLOC_* \
    OPENSSL_* SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE CTLOG_FILE QLOGDIR OSSL_QFILTER RANDFILE \
    LD_DEBUG LD_DEBUG_OUTPUT LD_PROFILE LD_PROFILE_OUTPUT LD_SHOW_AUXV \
    MALLOC_* GLIBC_TUNABLES; do
    keys=$pattern
    [[ $pattern != *'*' ]] || eval "keys=\${!$pattern}" # the names that start so
    for key in $keys; do
      [[ $key == NODE_ENV ]] || unset -v "$key"
    done
    for key in $twins; do
      [[ $key != LAMBDA_EXTENSION_$pattern || -z ${!key} ]] || export "${key#LAMBDA_EXTENSION_}=${!key}"
    done
  done
}

say() { printf '[%s] %s\n' "$name" "$1" >&2; }

hang_up() {
  [[ -z $socket ]] || exec {socket}>&-
  socket=''
}

# Sends one request, on the open connection if there is one, and sets status, body and (at the registration) identifier.
# Fails unless a whole answer came. No timeout: the API may answer after a freeze.
request() { # method, path, headers, body
  local host=$api:80 text=''
  status='' body=''
  [[ $api != *:* ]] || host=$api
  if [[ -z $socket ]]; then
    { exec {socket}<>"/dev/tcp/${host%:*}/${host##*:}"; } 2>/dev/null || { socket=''; return 1; }
  fi
  text="$1 /2020-01-01/extension/$2 HTTP/1.1"$'\r\n'"Host: $api"$'\r\n'"$3"
  [[ -z $4 ]] || text+="Content-Length: ${#4}"$'\r\n'
  { echo -n "$text"$'\r\n'"$4" >&"$socket" && answer; } 2>/dev/null && return
  hang_up
  return 1
}

answer() {
  local length chunked closes
  while read_head || return; [[ $status == 1?? ]]; do :; done # 100 and 103 come before the answer
  if [[ $status == 204 || $status == 304 ]]; then
    : # these have no body, whatever their head says
  elif [[ -n $chunked ]]; then
    read_chunks || return
  elif [[ -n $length ]]; then
    [[ $length == 0 ]] || IFS= read -r -N "$length" -u "$socket" body || return
  else
    closes=yes
    IFS= read -r -d '' -u "$socket" body
  fi
  [[ -z $closes ]] || hang_up
}

read_head() {
  local line key
  status='' length='' chunked='' closes=''
  IFS=' ' read -r -u "$socket" key status line || return
  while IFS= read -r -u "$socket" line || return; do
    line=${line%$'\r'}
    [[ -n $line ]] || break
    key=${line%%:*} line=${line#*:}
    line=${line#"${line%%[![:blank:]]*}"} line=${line%"${line##*[![:blank:]]}"}
    case ${key,,} in
      lambda-extension-identifier) [[ $status == 1?? || -n $identifier ]] || identifier=$line ;;
      content-length) length=$line ;;
      transfer-encoding) chunked=yes ;;
      connection) [[ ${line,,} != close ]] || closes=yes ;;
    esac
  done
}

read_chunks() {
  local line size part
  while IFS= read -r -u "$socket" line || return; do
    size=${line%%[!0-9A-Fa-f]*}
    [[ -n $size ]] || return
    if ((16#$size == 0)); then break; fi
    IFS= read -r -N $((16#$size)) -u "$socket" part && read -r -u "$socket" line || return
    body+=$part
  done
  while IFS= read -r -u "$socket" line || return; do
    [[ $line != $'\r' && -n $line ]] || break
  done
}

# An identifier in the answer means: registered, even if the rest of the answer was lost. A second try would be refused.
register_for() { # events, separated by commas
  local between='","' list='' # a variable, because bash 4.2 and newer ones read quotes in a replacement differently
  [[ -z $1 ]] || list="\"${1//,/$between}\""
  request POST register \
    "Lambda-Extension-Name: $name"$'\r\nLambda-Extension-Accept-Feature: accountId\r\nContent-Type: application/json\r\n' \
    "{\"events\":[$list]}" && [[ -n $body ]] ||
    body="{\"functionName\":\"$AWS_LAMBDA_FUNCTION_NAME\",\"functionVersion\":\"$AWS_LAMBDA_FUNCTION_VERSION\",\"handler\":\"\"}"
  [[ $status == 2?? && -n $identifier ]]
}

# Without an engine the extension does nothing, but the function must work: register, say it once, wait for the end.
live_without_engine() {
  say "$problem The function runs without this extension."
  [[ -n $identifier ]] || register_for SHUTDOWN || { say "cannot register: ${status:-no answer}"; exit 1; }
  while :; do next_event; done
}

# Sets body to the next event; exits at SHUTDOWN. The kept connection may have been closed meanwhile: it asks once more.
# After part of an answer only an extension without an engine does: the other one would lose an event (docs/adr/0102).
next_event() {
  # An INVOKE may have the same field in an object inside it.
  local try ends='^[[:space:]]*\{[^{}]*"eventType"[[:space:]]*:[[:space:]]*"SHUTDOWN"'
  for try in 1 2; do
    if request GET event/next "Lambda-Extension-Identifier: $identifier"$'\r\n' '' && [[ $status != 204 ]]; then
      [[ $status == 200 ]] || break
      [[ ! $body =~ $ends ]] || exit 0
      return
    fi
    [[ -z $status || $status == 204 || -n $problem ]] || { status='the answer broke off'; break; }
  done
  say "cannot wait for the next event: ${status:-no answer}"
  exit 1
}

# Lazy: waits without the engine. On demand only: provisioned and restored environments have time before their first
# event, and on Managed Instances none comes. A variable of the environment holds at most 128 kB.
wait_for_first_event() {
  [[ $start == lazy && ${AWS_LAMBDA_INITIALIZATION_TYPE:-on-demand} == on-demand ]] || return
  next_event
  event=${body:-null}
  ((${#event} > 100000)) || return
  problem="cannot take the first event, which has ${#event} bytes: set \"start\": \"eager\" in the extension's package.json and build its layer again."
  live_without_engine
}

# A Node elsewhere in /opt belongs to another layer: it may have any version, and it goes when that layer goes.
find_shared() {
  local IFS=: place
  for place in /var/lang/bin $PATH; do
    node=$place/node
    [[ $node == "${0%/extensions/*}"/* || ! -f $node || ! -x $node ]] || return
  done
  node='' problem='found no Node.js: use a Node.js runtime, or set "engine": "carried" in the extension'\''s package.json and build its layer again.'
}

find_carried() {
  node=$folder/bin/$runtime
  # The one file that tells Amazon Linux 2 from its successor without starting a program.
  if [[ $runtime == node && -e /lib64/libc-2.26.so ]]; then
    node='' problem='its own Node.js needs glibc 2.28: use a runtime on Amazon Linux 2023, or set "runtime": "bun" and build its layer again.'
  fi
}

find_engine() {
  case $engine in
    shared) find_shared ;;
    carried) find_carried ;;
    auto) find_shared; [[ -n $node ]] || find_carried ;;
  esac
  [[ -n $node ]]
}

hand_over() {
  export LAMBDA_EXTENSION_HANDOFF_VERSION=1 LAMBDA_EXTENSION_IDENTIFIER=$identifier LAMBDA_EXTENSION_EVENTS=$events
  export LAMBDA_EXTENSION_REGISTRATION=$registration
  [[ -z $event ]] || export LAMBDA_EXTENSION_EVENT=$event
  # Bun cannot take over a connection.
  [[ $node != "$folder/bin/bun" ]] || hang_up
  [[ -z $socket ]] || export LAMBDA_EXTENSION_SOCKET_FD=$socket
}

# Sets the command that this process becomes. It is global, but an array, and no environment has arrays.
set_command() {
  LAMBDA_EXTENSION_COMMAND=("$node" "${node_options[@]}")
  if [[ $node == "$folder/bin/bun" ]]; then
    # Bun would read the .env and the bunfig.toml of the function's folder.
    LAMBDA_EXTENSION_COMMAND=("$node" --no-env-file --config=/dev/null --no-install)
  elif [[ $LAMBDA_EXTENSION_NODE_OPTIONS != *--v8-pool-size* ]]; then
    # Node would start four helper threads before the program; an extension has work for one: see docs/adr/0205.
    LAMBDA_EXTENSION_COMMAND+=(--v8-pool-size=1)
  fi
  LAMBDA_EXTENSION_COMMAND+=("$folder/index.cjs")
}

# Every variable of this script is local to main, and the functions that main calls use it. So a variable of the function
# with the same name reaches the engine, with the function's value.
main() { # why the engine cannot run, if it was tried
  ### settings ###
  local LC_ALL=C # lengths are bytes
  local api=$AWS_LAMBDA_RUNTIME_API name=${0##*/} node='' problem=$1 status='' body='' registration='' event=''
  local folder=${0%"$name"}../$extension identifier=$LAMBDA_EXTENSION_IDENTIFIER socket=$LAMBDA_EXTENSION_SOCKET_FD
  if [[ -z $api ]]; then
    say 'AWS_LAMBDA_RUNTIME_API is not set: AWS Lambda (or an emulator of it) runs this file as /opt/extensions/<name>.'
    exit 1
  fi
  [[ -z $problem ]] && find_engine || live_without_engine
  [[ $AWS_LAMBDA_INITIALIZATION_TYPE != lambda-managed-instances ]] || events=$managed_events
  [[ $register == launcher ]] && register_for "$events" || identifier=''
  registration=$body
  [[ -z $identifier ]] || wait_for_first_event
  use_own_variables
  export LAMBDA_EXTENSION_NAME=$name
  [[ -z $identifier ]] || hand_over
  set_command
}

main
exec "${LAMBDA_EXTENSION_COMMAND[@]}"
main "cannot execute ${LAMBDA_EXTENSION_COMMAND[0]}: was the layer built for another architecture?"
