#!/bin/sh
# Entry point of a PostgreSQL server from Debian's packages: what the official image does, as far as tests need it.
# Honours POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB and POSTGRES_HOST_AUTH_METHOD; arguments are the server's own, with or without `postgres`.
set -eu
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
password=${POSTGRES_PASSWORD:?POSTGRES_PASSWORD must be set}
method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
binaries=$(echo /usr/lib/postgresql/*/bin)
data=/var/lib/postgresql/data
[ "${1:-}" != postgres ] || shift

as_postgres() {
  setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
}

install -d -o postgres -g postgres /var/run/postgresql # a Debian package leaves this to systemd
if [ ! -s "$data/PG_VERSION" ]; then
  install -d -o postgres -g postgres -m 0700 "$data"
  printf '%s\n' "$password" >/run/password
  # Without UTF-8 a client is given bytes where it expects text, the server's version first.
  as_postgres "$binaries/initdb" -D "$data" -U "$user" -E UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host="$method" --pwfile=/dev/stdin </run/password
  rm /run/password
  echo "host all all all $method" >>"$data/pg_hba.conf"
  if [ "$database" != postgres ]; then # nobody can connect before the real server runs
    echo "CREATE DATABASE \"$database\"" | as_postgres "$binaries/postgres" --single -D "$data" postgres
  fi
fi
exec setpriv --reuid=postgres --regid=postgres --clear-groups \
  "$binaries/postgres" -D "$data" -c 'listen_addresses=*' "$@"
