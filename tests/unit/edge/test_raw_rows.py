"""Rows are taken from the driver, past the library: no type that a statement is given may have it change a value."""

import pytest
from sqlalchemy.dialects.mysql.pymysql import MySQLDialect_pymysql
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.types import NullType

from retention.stores.schema import SchemaColumn
from retention.stores.sql_mariadb_schema import _type
from retention.stores.sql_postgresql_types import Native

MYSQL = (
    *("bigint(20) unsigned", "decimal(10,2)", "date", "datetime", "timestamp", "time", "year", "json", "uuid", "inet6"),
    *("enum('a')", "set('a')", "text", "varchar(9)", "blob", "bit(1)", "double", "tinyint(1)", "geometry"),
)


@pytest.mark.parametrize("sql_type", MYSQL)
def test_of_mariadb_and_mysql(sql_type):
    kind = _type(SchemaColumn(name="x", sql_type=sql_type, nullable=True, python_type=None))
    dialect = MySQLDialect_pymysql()
    assert kind.dialect_impl(dialect).result_processor(dialect, None) is None


@pytest.mark.parametrize("name", ["uuid", "date", "numeric", "jsonb", "inet", "text", "float4", "timestamptz", "bytea"])
def test_of_postgresql(name):
    dialect = PGDialect_psycopg()
    assert Native(name).dialect_impl(dialect).result_processor(dialect, None) is None


def test_of_sqlite():
    dialect = SQLiteDialect_pysqlite()
    assert NullType().dialect_impl(dialect).result_processor(dialect, None) is None
