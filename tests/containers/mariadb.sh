#!/bin/sh
# Entry point of a MariaDB server from Debian's packages: what the official image does, as far as tests need it.
# Honours MARIADB_ROOT_PASSWORD, MARIADB_DATABASE, MARIADB_USER and MARIADB_PASSWORD, by their older names MYSQL_… too;
# arguments are the server's own, with or without `mariadbd`.
set -eu
root=${MARIADB_ROOT_PASSWORD:-${MYSQL_ROOT_PASSWORD:?MARIADB_ROOT_PASSWORD must be set}}
database=${MARIADB_DATABASE:-${MYSQL_DATABASE:-}}
user=${MARIADB_USER:-${MYSQL_USER:-}}
password=${MARIADB_PASSWORD:-${MYSQL_PASSWORD:-}}
data=/var/lib/mysql
[ "${1:-}" != mariadbd ] || shift

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

install -d -o mysql -g mysql /run/mysqld # a Debian package leaves this to systemd
set -- --no-defaults --user=mysql "--datadir=$data" --bind-address=0.0.0.0 --port=3306 \
  --socket=/run/mysqld/mysqld.sock --skip-name-resolve "$@"
if [ ! -d "$data/mysql" ]; then
  install -d -o mysql -g mysql "$data"
  mariadb-install-db --no-defaults --user=mysql "--datadir=$data" --skip-test-db \
    --auth-root-authentication-method=normal >/dev/null
  statements >/run/mysqld/first.sql
  chown mysql /run/mysqld/first.sql
  chmod 0600 /run/mysqld/first.sql
  set -- "$@" --init-file=/run/mysqld/first.sql
fi
exec mariadbd "$@"
