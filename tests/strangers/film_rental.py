"""A film rental, after Sakila: branches and their managers refer to each other; nobody in it exists.

What a stranger's schema has that ours has not: references both ways, a payment that outlives its rental (SET NULL), an
address that persons refer to, enumerations, pictures, a text index that a trigger copies to, moments that are set anew
at every change, and on PostgreSQL a partitioned table whose key holds a moment.
"""

from collections.abc import Iterator

NAME = "rental_db"


def statements(engine: str) -> Iterator[str]:
    """The schema and its rows."""
    yield from _tables(engine)
    yield from _payments(engine)
    yield from _triggers(engine)
    yield from _rows()


def _tables(engine: str) -> Iterator[str]:
    pg = engine == "postgresql"
    moment = "timestamptz" if pg else "TIMESTAMP NULL DEFAULT NULL"
    stamp = "timestamptz NOT NULL DEFAULT now()" if pg else (
        "TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"
    )  # fmt: skip
    if pg:
        yield "CREATE TYPE mpaa_rating AS ENUM ('G', 'PG', 'R')"
        yield "CREATE DOMAIN year AS integer CHECK (VALUE BETWEEN 1901 AND 2155)"
    rating = "mpaa_rating" if pg else "ENUM('G', 'PG', 'R')"
    features = "text[]" if pg else "SET('Trailers', 'Commentaries')"
    picture = "bytea" if pg else "BLOB"
    small = "smallint" if pg else "TINYINT UNSIGNED"
    yield f"CREATE TABLE city (city_id INT PRIMARY KEY, city VARCHAR(50) NOT NULL, last_update {stamp})"
    yield f"""CREATE TABLE address (address_id INT PRIMARY KEY, address VARCHAR(50) NOT NULL, city_id INT NOT NULL,
        postal_code VARCHAR(10), phone VARCHAR(20) NOT NULL, last_update {stamp},
        FOREIGN KEY (city_id) REFERENCES city (city_id))"""
    yield f"""CREATE TABLE store (store_id {small} PRIMARY KEY, manager_staff_id {small} NOT NULL,
        address_id INT NOT NULL, last_update {stamp}, FOREIGN KEY (address_id) REFERENCES address (address_id))"""
    yield f"""CREATE TABLE staff (staff_id {small} PRIMARY KEY, first_name VARCHAR(45) NOT NULL,
        last_name VARCHAR(45) NOT NULL, picture {picture}, email VARCHAR(50), store_id {small} NOT NULL,
        username VARCHAR(16) NOT NULL, last_update {stamp}, FOREIGN KEY (store_id) REFERENCES store (store_id))"""
    yield f"""CREATE TABLE customer (customer_id INT PRIMARY KEY, store_id {small} NOT NULL,
        first_name VARCHAR(45) NOT NULL, last_name VARCHAR(45) NOT NULL, email VARCHAR(50), address_id INT NOT NULL,
        active BOOLEAN NOT NULL, create_date DATE NOT NULL, last_update {stamp},
        FOREIGN KEY (store_id) REFERENCES store (store_id), FOREIGN KEY (address_id) REFERENCES address (address_id))"""
    yield f"""CREATE TABLE film (film_id INT PRIMARY KEY, title VARCHAR(128) NOT NULL, description TEXT,
        release_year {"year" if pg else "YEAR"}, rating {rating}, special_features {features}, last_update {stamp})"""
    yield "CREATE TABLE film_text (film_id INT PRIMARY KEY, title VARCHAR(128) NOT NULL, description TEXT)"
    yield """CREATE TABLE actor (actor_id INT PRIMARY KEY, first_name VARCHAR(45) NOT NULL,
        last_name VARCHAR(45) NOT NULL)"""
    yield """CREATE TABLE film_actor (actor_id INT NOT NULL, film_id INT NOT NULL, PRIMARY KEY (actor_id, film_id),
        FOREIGN KEY (actor_id) REFERENCES actor (actor_id), FOREIGN KEY (film_id) REFERENCES film (film_id))"""
    yield f"""CREATE TABLE inventory (inventory_id INT PRIMARY KEY, film_id INT NOT NULL, store_id {small} NOT NULL,
        FOREIGN KEY (film_id) REFERENCES film (film_id), FOREIGN KEY (store_id) REFERENCES store (store_id))"""
    yield f"""CREATE TABLE rental (rental_id INT PRIMARY KEY, rental_date {moment}, inventory_id INT NOT NULL,
        customer_id INT NOT NULL, return_date {moment}, staff_id {small} NOT NULL, last_update {stamp},
        FOREIGN KEY (inventory_id) REFERENCES inventory (inventory_id),
        FOREIGN KEY (customer_id) REFERENCES customer (customer_id),
        FOREIGN KEY (staff_id) REFERENCES staff (staff_id))"""
    yield "CREATE INDEX rental_returned ON rental (return_date)"
    joined = "first_name || ' ' || last_name" if pg else "CONCAT(first_name, ' ', last_name)"
    yield f"CREATE VIEW customer_list AS SELECT customer_id AS id, {joined} AS name FROM customer"
    yield "CREATE VIEW staff_list AS SELECT staff_id AS id, username FROM staff"


def _payments(engine: str) -> Iterator[str]:
    columns = """customer_id INT NOT NULL, staff_id {small} NOT NULL, rental_id INT, amount DECIMAL(5, 2) NOT NULL,
        FOREIGN KEY (customer_id) REFERENCES customer (customer_id), FOREIGN KEY (staff_id) REFERENCES staff (staff_id),
        FOREIGN KEY (rental_id) REFERENCES rental (rental_id) ON DELETE SET NULL"""
    if engine == "mariadb":
        yield f"""CREATE TABLE payment (payment_id INT PRIMARY KEY, payment_date DATETIME NOT NULL,
            {columns.format(small="TINYINT UNSIGNED")})"""
        return
    yield f"""CREATE TABLE payment (payment_id INT NOT NULL, payment_date timestamptz NOT NULL,
        {columns.format(small="smallint")}, PRIMARY KEY (payment_date, payment_id)) PARTITION BY RANGE (payment_date)"""
    yield "CREATE TABLE payment_old PARTITION OF payment FOR VALUES FROM (MINVALUE) TO ('2020-01-01')"
    yield "CREATE TABLE payment_new PARTITION OF payment FOR VALUES FROM ('2020-01-01') TO (MAXVALUE)"
    yield "CREATE INDEX payment_rental ON payment (rental_id)"


def _triggers(engine: str) -> Iterator[str]:
    copy = "UPDATE film_text SET title = NEW.title WHERE film_id = NEW.film_id"
    if engine == "mariadb":
        yield f"CREATE TRIGGER film_copy AFTER UPDATE ON film FOR EACH ROW {copy}"
        return
    yield f"CREATE FUNCTION film_copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {copy}; RETURN NULL; END $$"
    yield "CREATE TRIGGER film_copy AFTER UPDATE ON film FOR EACH ROW EXECUTE FUNCTION film_copy()"
    yield """CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.last_update = now(); RETURN NEW; END $$"""
    yield "CREATE TRIGGER customer_stamp BEFORE UPDATE ON customer FOR EACH ROW EXECUTE FUNCTION stamp()"


def _rows() -> Iterator[str]:
    yield "INSERT INTO city (city_id, city) VALUES (1, 'Duinrand')"
    yield """INSERT INTO address (address_id, address, city_id, postal_code, phone) VALUES
        (1, 'Strandweg 1', 1, '2101AB', '0201'), (2, 'Helmpad 2', 1, NULL, '0202')"""
    yield from _branch()
    yield """INSERT INTO customer (customer_id, store_id, first_name, last_name, email, address_id, active, create_date)
        VALUES (1, 1, 'Anna', 'Duin', 'anna@home.example', 1, true, '2015-05-01'),
        (2, 1, 'Piet', 'Helm', NULL, 2, false, '2016-05-01')"""
    yield "INSERT INTO film (film_id, title, release_year, rating) VALUES (1, 'The tide', 1999, 'G')"
    yield "INSERT INTO actor VALUES (1, 'Eva', 'Zee')"
    yield "INSERT INTO film_actor VALUES (1, 1)"
    yield "INSERT INTO inventory VALUES (1, 1, 1), (2, 1, 1)"
    yield """INSERT INTO rental (rental_id, rental_date, inventory_id, customer_id, return_date, staff_id) VALUES
        (10, '2019-01-02 10:00:00', 1, 1, '2019-01-05 10:00:00', 1),
        (11, '2019-02-02 10:00:00', 2, 2, '2019-02-05 10:00:00', 1), (12, '2019-03-02 10:00:00', 1, 2, NULL, 1),
        (13, '2026-05-02 10:00:00', 2, 1, '2026-05-05 10:00:00', 1)"""
    yield """INSERT INTO payment (payment_id, payment_date, customer_id, staff_id, rental_id, amount) VALUES
        (100, '2019-01-05 10:00:00', 1, 1, 10, 2.99), (101, '2019-02-05 10:00:00', 2, 1, 11, 2.99),
        (102, '2019-02-06 10:00:00', 2, 1, NULL, 1.00), (103, '2026-05-05 10:00:00', 1, 1, 13, 3.99)"""


def _branch() -> Iterator[str]:
    """A branch and its manager: each needs the other."""
    yield "INSERT INTO store (store_id, manager_staff_id, address_id) VALUES (1, 1, 1)"
    yield """INSERT INTO staff (staff_id, first_name, last_name, email, store_id, username)
        VALUES (1, 'Iris', 'Zwart', 'iris@rental.example', 1, 'iris')"""
    yield "ALTER TABLE store ADD FOREIGN KEY (manager_staff_id) REFERENCES staff (staff_id)"


LEFT = {"rental": {12, 13}, "payment": {102, 103}, "customer": {1, 2}, "store": {1}, "staff": {1}, "inventory": {1, 2}}
DESTROYED = {"rental_db.rental": 2}
CONFIRMED = ()
DRAFTED = (
    "'customer_list' is left out: a view",
    "'staff_list' is left out: a view",
    '    # triggers=("film_copy",),\n',
    'key=("actor_id", "film_id"),',
    '"customer": via("address_id", CUSTOMER, "customer_id"),',
    'Child("rental_db.payment", on="rental_id"),  # confirm: goes along; ON DELETE SET NULL',
    'INVENTORY = Dataset(\n    id="rental_db.inventory",\n    key=("inventory_id",),\n    subjects=_NOBODY,',
    '"return_date": Timestamp(zone="UTC"),  # confirm: an instant',
)
DRAFTED_ON = {
    "postgresql": ('key=("payment_date", "payment_id"),', '# triggers=("customer_stamp",),'),
    "mariadb": ("which the database sets anew at every change",),
}

POLICY = '''"""Rentals go five years after the film came back, and what was paid for them with it."""
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule, Source, SourceStatus
from retention.text import Text

from .data_map import RENTAL

WHY = Text(nl="Over een huur is na vijf jaar geen geschil meer.", en="Nobody disputes a rental after five years.")
POLICY = Policy(
    purpose="rental", title=Text(nl="Verhuur", en="Rental"), legal_basis=LegalBasis.CONTRACT,
    sources=(Source(status=SourceStatus.OWN_CHOICE, reasoning=WHY),),
    owner="rental", prepared_by="ann",
    rules=(Rule(RENTAL, starts_on="return_date", keep_for=years(5)),),
)
'''
