"""A record shop, after Chinook: invoices of customers, who have an employee of their own; nobody in it exists.

What a stranger's schema has that ours has not: a tree in one table, a join table without a key of its own, a name that
the database puts together, a total that a trigger keeps, a view that lists customers.
"""

from collections.abc import Iterator

NAME = "shop"


def statements(engine: str) -> Iterator[str]:
    """The schema and its rows."""
    if engine == "postgresql":
        yield "CREATE SCHEMA music"
        yield "CREATE TYPE channel AS ENUM ('web', 'counter')"
    yield from _tables(engine)
    yield from _triggers(engine)
    yield from _rows(engine)


def _tables(engine: str) -> Iterator[str]:
    music = "music." if engine == "postgresql" else "music_"
    channel = {"postgresql": "channel", "mariadb": "ENUM('web', 'counter')", "sqlite": "VARCHAR(7)"}[engine]
    moment = "timestamp" if engine == "postgresql" else "DATETIME"
    joined = "CONCAT(first_name, ' ', last_name)" if engine == "mariadb" else "first_name || ' ' || last_name"
    yield f"CREATE TABLE {music}artist (artist_id INT PRIMARY KEY, name VARCHAR(120))"
    yield f"""CREATE TABLE {music}album (album_id INT PRIMARY KEY, title VARCHAR(160) NOT NULL,
        artist_id INT NOT NULL, FOREIGN KEY (artist_id) REFERENCES {music}artist (artist_id))"""
    yield f"""CREATE TABLE {music}track (track_id INT PRIMARY KEY, name VARCHAR(200) NOT NULL, album_id INT,
        unit_price DECIMAL(10, 2) NOT NULL, FOREIGN KEY (album_id) REFERENCES {music}album (album_id))"""
    yield f"CREATE TABLE {music}playlist (playlist_id INT PRIMARY KEY, name VARCHAR(120))"
    yield f"""CREATE TABLE {music}playlist_track (playlist_id INT NOT NULL, track_id INT NOT NULL,
        PRIMARY KEY (playlist_id, track_id), FOREIGN KEY (playlist_id) REFERENCES {music}playlist (playlist_id),
        FOREIGN KEY (track_id) REFERENCES {music}track (track_id))"""
    yield """CREATE TABLE employee (employee_id INT PRIMARY KEY, last_name VARCHAR(20) NOT NULL,
        first_name VARCHAR(20) NOT NULL, title VARCHAR(30), reports_to INT, hire_date DATE, email VARCHAR(60),
        FOREIGN KEY (reports_to) REFERENCES employee (employee_id))"""
    yield f"""CREATE TABLE customer (customer_id INT PRIMARY KEY, first_name VARCHAR(40) NOT NULL,
        last_name VARCHAR(20) NOT NULL, full_name VARCHAR(61) GENERATED ALWAYS AS ({joined}) STORED,
        phone VARCHAR(24), email VARCHAR(60) NOT NULL, postal_code VARCHAR(10), registered_on DATE NOT NULL,
        came_by {channel} NOT NULL, support_rep_id INT,
        FOREIGN KEY (support_rep_id) REFERENCES employee (employee_id))"""
    yield f"""CREATE TABLE invoice (invoice_id INT PRIMARY KEY, customer_id INT NOT NULL,
        invoice_date {moment} NOT NULL, billing_address VARCHAR(70), total DECIMAL(10, 2) NOT NULL,
        FOREIGN KEY (customer_id) REFERENCES customer (customer_id))"""
    yield f"""CREATE TABLE invoice_line (invoice_line_id INT PRIMARY KEY, invoice_id INT NOT NULL,
        track_id INT NOT NULL, unit_price DECIMAL(10, 2) NOT NULL, quantity INT NOT NULL,
        FOREIGN KEY (invoice_id) REFERENCES invoice (invoice_id),
        FOREIGN KEY (track_id) REFERENCES {music}track (track_id))"""
    yield "CREATE INDEX invoice_customer ON invoice (customer_id)"
    yield "CREATE INDEX line_invoice ON invoice_line (invoice_id)"
    yield "CREATE VIEW customer_list AS SELECT customer_id, full_name, email FROM customer"
    yield "CREATE TABLE imported (line VARCHAR(200))"


def _triggers(engine: str) -> Iterator[str]:
    recount = """UPDATE invoice SET total = (SELECT COALESCE(SUM(unit_price * quantity), 0) FROM invoice_line
        WHERE invoice_id = OLD.invoice_id) WHERE invoice_id = OLD.invoice_id"""
    if engine != "postgresql":
        block = recount if engine == "mariadb" else f"BEGIN {recount}; END"
        yield f"CREATE TRIGGER line_total AFTER DELETE ON invoice_line FOR EACH ROW {block}"
        return
    yield f"CREATE FUNCTION recount() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {recount}; RETURN NULL; END $$"
    yield "CREATE TRIGGER line_total AFTER DELETE ON invoice_line FOR EACH ROW EXECUTE FUNCTION recount()"


def _rows(engine: str) -> Iterator[str]:
    music = "music." if engine == "postgresql" else "music_"
    yield f"INSERT INTO {music}artist VALUES (1, 'The Dune Walkers')"
    yield f"INSERT INTO {music}album VALUES (1, 'High tide', 1)"
    yield f"INSERT INTO {music}track VALUES (1, 'Ebb', 1, 0.99), (2, 'Flow', 1, 1.29)"
    yield f"INSERT INTO {music}playlist VALUES (1, 'Evening')"
    yield f"INSERT INTO {music}playlist_track VALUES (1, 1), (1, 2)"
    yield """INSERT INTO employee VALUES (1, 'Zwart', 'Iris', 'Manager', NULL, '2010-01-04', 'iris@shop.example'),
        (2, 'Wit', 'Bram', 'Sales', 1, '2012-03-01', 'bram@shop.example')"""
    columns = "customer_id, first_name, last_name, phone, email, postal_code, registered_on, came_by, support_rep_id"
    yield f"""INSERT INTO customer ({columns}) VALUES
        (1, 'Anna', 'Duin', '0201', 'anna@home.example', '2101AB', '2015-05-01', 'web', 2),
        (2, 'Piet', 'Helm', '0202', 'piet@home.example', '2102CD', '2016-05-01', 'counter', 2),
        (3, 'Rosa', 'Vos', '0203', 'rosa@home.example', '2103EF', '2017-05-01', 'web', NULL)"""
    yield """INSERT INTO invoice VALUES (10, 1, '2016-02-03 10:00:00', 'Strandweg 1', 3.27),
        (11, 2, '2016-04-05 11:30:00', 'Helmpad 2', 0.99), (12, 2, '2025-06-01 09:00:00', 'Helmpad 2', 1.29)"""
    yield """INSERT INTO invoice_line VALUES (100, 10, 1, 0.99, 2), (101, 10, 2, 1.29, 1), (102, 11, 1, 0.99, 1),
        (103, 12, 2, 1.29, 1)"""


LEFT = {"customer": {1, 2}, "invoice": {12}, "invoice_line": {103}, "employee": {1, 2}}
DESTROYED = {"shop.customer": 1, "shop.invoice": 2}
CONFIRMED = ('triggers=("line_total",),',)  # it counts what is left, and copies nothing
DRAFTED = (
    "'customer_list' is left out: a view",
    "'imported' is left out: no primary key",
    "full_name is computed by the database",
    '    # triggers=("line_total",),\n',
    'key=("playlist_id", "track_id"),',
    '"customer": "customer_id",',
    'Child("shop.invoice_line", on="invoice_id")',
    "reports_to also refers to shop.employee",
)
DRAFTED_ON = {"postgresql": ('collection="music.playlist_track",', "MUSIC_ALBUM = Dataset(")}

POLICY = '''"""Invoices go seven years after their year, customers a year after they came when no invoice is left."""
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule, Source, SourceStatus
from retention.text import Text
from retention.trigger import end_of_year

from .data_map import CUSTOMER, INVOICE

POLICY = Policy(
    purpose="sales", title=Text(nl="Verkoop", en="Sales"), legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(Source(status=SourceStatus.LAW, title="AWR", article="52"),),
    owner="shop", prepared_by="ann",
    rules=(
        Rule(INVOICE, starts_on=end_of_year("invoice_date"), keep_for=years(7)),
        Rule(CUSTOMER, while_referenced_by=INVOICE, on="customer_id", starts_on="registered_on", keep_for=years(1)),
    ),
)
'''
