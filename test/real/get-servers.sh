#!/usr/bin/env bash
# Gets the servers for `npm run test:real`: packages of Debian or Ubuntu (as root, or by sudo),
# programs from Go modules, jars from Maven Central, and Python programs in an environment of their
# own. All but the first lie below REAL_SERVERS, ~/.cache/tocsin-real-servers if it is not set; what
# is there is left alone.
# Packages may start their servers: run it where that does no harm, such as in a container. What
# cannot be had is named; its tests are skipped, or fail with REAL_SERVERS_WANTED=all.
set -uo pipefail

cache=${REAL_SERVERS:-$HOME/.cache/tocsin-real-servers}
mkdir -p "$cache/bin"
lacking=()

# PROGRAM PACKAGE...
system() {
  local program=$1
  shift
  PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || wanted+=("$@")
}
wanted=()
system rabbitmq-server rabbitmq-server
system mosquitto mosquitto
system postfix postfix
system saslpasswd2 sasl2-bin libsasl2-modules
system rsyslogd rsyslog rsyslog-openssl
if ! command -v go >/dev/null; then
  [[ -x $cache/bin/nats-server ]] || system nats-server nats-server
  [[ -x $cache/bin/alertmanager ]] || system prometheus-alertmanager prometheus-alertmanager
fi
system java default-jre-headless
kafka=4.4.0 # test/real/kafka.test.ts names it, too
[[ -d $cache/kafka-$kafka ]] || system mvn maven
python3 -c 'import ensurepip' 2>/dev/null || wanted+=(python3-venv)

if ((${#wanted[@]})); then
  as_root=()
  ((EUID == 0)) || as_root=(sudo -n)
  "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${wanted[@]}" ||
    lacking+=("${wanted[@]}")
fi

# PROGRAM MODULE: newer Alertmanagers lack their page in the module, and so do not build.
module() {
  [[ -x $cache/bin/$1 ]] || ! command -v go >/dev/null ||
    GOBIN=$cache/bin go install "$2" || lacking+=("$2")
}
module nats-server github.com/nats-io/nats-server/v2@v2.15.3
module alertmanager github.com/prometheus/alertmanager/cmd/alertmanager@v0.31.1

kafka_jars() {
  local folder
  folder=$(mktemp -d "$cache/kafka.XXXXXX")
  dependency() {
    echo "<dependency><groupId>org.apache.kafka</groupId><artifactId>$1</artifactId>"
    echo "<version>$kafka</version></dependency>"
  }
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId>'
    echo '<artifactId>broker</artifactId><version>1</version><dependencies>'
    dependency kafka_2.13
    dependency kafka-tools
    echo '</dependencies></project>'
  } >"$folder/pom.xml"
  # Under its name only when it is whole.
  mvn -q -B -f "$folder/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
    "-DoutputDirectory=$folder/jars" && mv "$folder/jars" "$cache/kafka-$kafka"
  local status=$?
  rm -r "$folder"
  return $status
}
[[ -d $cache/kafka-$kafka ]] || kafka_jars || lacking+=(kafka)

[[ -x $cache/venv/bin/pip ]] || python3 -m venv "$cache/venv" || lacking+=(venv)
"$cache/venv/bin/pip" install --quiet 'matrix-synapse==1.163.2' 'moto[server]==5.2.5' ||
  lacking+=(matrix-synapse moto)

if ((${#lacking[@]})); then
  echo "Not to be had: ${lacking[*]}" >&2
  exit 1
fi
echo "Everything is there; the cache is $cache"
