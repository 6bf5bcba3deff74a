"""What we ask PostgreSQL's own catalogue, which every account may read, whatever else it may."""

from __future__ import annotations

from typing import Final

# Every table, view and foreign table that this account may see, under the name by which it asks for it.
TABLES: Final = """
SELECT c.oid, c.relname, n.nspname, c.relkind IN ('v', 'm', 'f') AS is_view, c.reltuples::bigint AS rows,
  CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END AS name,
  row_security_active(c.oid) AS filtered, ARRAY(SELECT p.polname::text FROM pg_policy p WHERE p.polrelid = c.oid
    ORDER BY 1) AS policies
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' AND has_schema_privilege(n.oid, 'USAGE')
"""
ONE: Final = """
SELECT c.oid, n.nspname, c.relname, c.relkind IN ('r', 'p') AS stored
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND ((c.relname = :whole AND pg_table_is_visible(c.oid)) OR (n.nspname = :schema AND c.relname = :name))
ORDER BY c.relname = :whole AND pg_table_is_visible(c.oid) DESC LIMIT 1
"""
# Each table with its partitions, and with the tables that inherit from it: what is asked of the first reaches them all.
PARTS: Final = """
WITH RECURSIVE part(top, oid) AS (
  SELECT c.oid, c.oid FROM pg_class c WHERE c.oid = ANY(:oids)
  UNION ALL SELECT p.top, i.inhrelid FROM part p JOIN pg_inherits i ON i.inhparent = p.oid)
SELECT p.top, p.oid, c.relispartition, n.nspname || '.' || c.relname AS name, s.srvname
FROM part p JOIN pg_class c ON c.oid = p.oid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid LEFT JOIN pg_foreign_server s ON s.oid = f.ftserver ORDER BY name
"""
# A domain counts as the type below it; a type's name is without length and scale. There are hundreds of types.
COLUMNS: Final = """
WITH RECURSIVE below(top, oid, base) AS (
  SELECT t.oid, t.oid, t.typbasetype FROM pg_type t
    WHERE t.oid IN (SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = ANY(:oids))
  UNION ALL SELECT b.top, t.oid, t.typbasetype FROM below b JOIN pg_type t ON t.oid = b.base WHERE b.base <> 0)
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod) AS sql_type,
  CASE t.oid WHEN 1042 THEN 'bpchar' WHEN 1560 THEN 'varbit' ELSE format_type(t.oid, NULL) END AS base,
  t.typtype = 'e' AS enum, NOT a.attnotnull AS nullable, a.attgenerated <> '' OR a.attidentity = 'a' AS generated,
  CASE WHEN t.oid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 END AS length,
  t.typname = 'citext' OR COALESCE(
    (SELECT NOT l.collisdeterministic FROM pg_collation l WHERE l.oid = a.attcollation), false) AS lenient,
  CASE WHEN t.typtype = 'e' THEN ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid
    ORDER BY e.enumsortorder) END AS labels,
  CASE WHEN a.attgenerated <> '' THEN ARRAY(
    SELECT DISTINCT o.attname::text FROM pg_depend d JOIN pg_attribute o ON o.attrelid = d.refobjid
      AND o.attnum = d.refobjsubid LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid NOT IN (0, a.attnum)
      AND ((f.adrelid = a.attrelid AND f.adnum = a.attnum)
        OR (d.classid = 'pg_class'::regclass AND d.objid = a.attrelid AND d.objsubid = a.attnum))) END AS sources
FROM pg_attribute a JOIN below b ON b.top = a.atttypid AND b.base = 0 JOIN pg_type t ON t.oid = b.oid
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = ANY(:oids) ORDER BY a.attrelid, a.attnum
"""
INDEXES: Final = """
SELECT i.indrelid, i.indisprimary, i.indisunique AND i.indpred IS NULL AND i.indimmediate AS is_unique,
  ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
    WHERE k.n <= i.indnkeyatts ORDER BY k.n) AS columns
FROM pg_index i WHERE i.indisvalid AND i.indpred IS NULL AND i.indrelid = ANY(:oids) ORDER BY i.indexrelid
"""
# Also those of tables in schemas that are closed to this account: what they cascade, nobody asks its rights for.
FOREIGN_KEYS: Final = """
SELECT f.conrelid, f.confrelid, f.confdeltype, n.nspname || '.' || c.relname AS name,
  m.nspname || '.' || d.relname AS to_name,
  ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY AS k(n, i)
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.n ORDER BY k.i) AS columns,
  ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY AS k(n, i)
    JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.n ORDER BY k.i) AS to_columns
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class d ON d.oid = f.confrelid JOIN pg_namespace m ON m.oid = d.relnamespace
WHERE f.contype = 'f' AND f.conparentid = 0 AND (f.conrelid = ANY(:oids) OR f.confrelid = ANY(:oids)) ORDER BY f.oid
"""
# Triggers that fire in an ordinary session, and rules; the digest is of all that they say.
ACTS: Final = """
SELECT t.tgrelid AS of, t.tgname AS name, (t.tgtype & 8) <> 0 AS on_delete, (t.tgtype & 16) <> 0 AS on_update,
  false AS instead, md5(pg_get_triggerdef(t.oid) || p.prosrc) AS digest
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND (t.tgtype & 24) <> 0 AND t.tgenabled IN ('O', 'A') AND t.tgparentid = 0
  AND t.tgrelid = ANY(:oids)
UNION ALL
SELECT r.ev_class, r.rulename, r.ev_type = '4', r.ev_type = '2', r.is_instead, md5(pg_get_ruledef(r.oid))
FROM pg_rewrite r WHERE r.ev_type IN ('2', '4') AND r.ev_enabled IN ('O', 'A') AND r.ev_class = ANY(:oids)
ORDER BY 1, 2
"""
# Materialised views over a table, perhaps through other views: each holds its rows until it is refreshed.
COPIES: Final = """
WITH RECURSIVE over(base, oid) AS (
  SELECT c.oid, c.oid FROM pg_class c WHERE c.oid = ANY(:oids)
  UNION SELECT o.base, r.ev_class FROM over o
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = o.oid
      AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite r ON r.oid = d.objid AND r.rulename = '_RETURN')
SELECT DISTINCT o.base, n.nspname || '.' || c.relname AS name
FROM over o JOIN pg_class c ON c.oid = o.oid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND o.oid <> o.base ORDER BY 1, 2
"""
