#!/bin/sh
# Entry point of a MySQL server from Debian's packages: what the official image does, as far as tests need it.
# Honours MYSQL_ROOT_PASSWORD, MYSQL_DATABASE, MYSQL_USER and MYSQL_PASSWORD; arguments are the server's own, with or
# without `mysqld`. It runs as root: the package without its maintainer's service makes no account.
set -eu
root=${MYSQL_ROOT_PASSWORD:?MYSQL_ROOT_PASSWORD must be set}
database=${MYSQL_DATABASE:-}
user=${MYSQL_USER:-}
password=${MYSQL_PASSWORD:-}
data=/var/lib/mysql
[ "${1:-}" != mysqld ] || shift

statements() { # of an --init-file: one to a line
  echo "CREATE USER IF NOT EXISTS root@'%' IDENTIFIED BY '$root';"
  echo "ALTER USER root@localhost IDENTIFIED BY '$root';"
  echo "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
  if [ -n "$database" ]; then
    echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
  fi
  if [ -n "$user" ] && [ "$user" != root ]; then
    echo "CREATE USER IF NOT EXISTS '$user'@'%' IDENTIFIED BY '$password';"
    if [ -n "$database" ]; then
      echo "GRANT ALL ON \`$database\`.* TO '$user'@'%';"
    fi
  fi
}

install -d /run/mysqld # a Debian package leaves this to systemd
set -- --no-defaults --user=root "--datadir=$data" --bind-address=0.0.0.0 --port=3306 --mysqlx=OFF \
  --socket=/run/mysqld/mysqld.sock --secure-file-priv=NULL --skip-name-resolve "$@"
if [ ! -d "$data/mysql" ]; then
  mysqld --no-defaults --user=root --initialize-insecure "--datadir=$data"
  statements >/run/mysqld/first.sql
  chmod 0600 /run/mysqld/first.sql
  set -- "$@" --init-file=/run/mysqld/first.sql
fi
exec mysqld "$@"
