# The Extensions API over /dev/tcp, one connection for each call. Copied into the layer, beside extensions/.
NAME=${0##*/}

# call METHOD PATH HEADER BODY: leaves the answer in $status, $identifier and $body.
call() {
  local line
  exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/:/\/}"
  printf '%s /2020-01-01/extension/%s HTTP/1.1\r\nHost: lambda\r\nConnection: close\r\n%s\r\nContent-Length: %d\r\n\r\n%s' "$1" "$2" "$3" "${#4}" "$4" >&3
  read -r _ status _ <&3
  while IFS= read -r line <&3 && [[ $line != $'\r' ]]; do
    case ${line,,} in lambda-extension-identifier:*) identifier=${line#*: } identifier=${identifier%$'\r'} ;; esac
  done
  IFS= read -r -d '' body <&3
  exec 3>&-
}

register() {
  local events='"INVOKE","SHUTDOWN"'
  [[ $AWS_LAMBDA_INITIALIZATION_TYPE == lambda-managed-instances ]] && events='"SHUTDOWN"'
  call POST register "Lambda-Extension-Name: ${1:-$NAME}" "{\"events\":[${2:-$events}]}"
  [[ $status == 200 ]] || { echo "register: $status $body" >&2; exit 1; }
}

# Leaves the type of the next event in $event.
next() {
  call GET event/next "Lambda-Extension-Identifier: $identifier" ''
  [[ $status == 200 ]] || { echo "next: $status $body" >&2; exit 1; }
  event=${body#*\"eventType\":\"} event=${event%%\"*}
}
