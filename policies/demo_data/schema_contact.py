"""Tables of the stores of contact: telephone, messages, website, and the privacy office."""

from __future__ import annotations

from typing import Final

TEL: Final = """
CREATE TABLE gesprek (
    gesprek_id INTEGER PRIMARY KEY, start_utc TIMESTAMP NOT NULL, duur INTEGER NOT NULL, nummer VARCHAR(20),
    medewerker_id INTEGER, richting CHAR(3) NOT NULL
);
-- klacht_id points into the privacy office's own database.
CREATE TABLE opname (
    opname_id INTEGER PRIMARY KEY, gesprek_id INTEGER NOT NULL REFERENCES gesprek (gesprek_id), pad VARCHAR(200),
    transcript TEXT, doel VARCHAR(12) NOT NULL, klacht_id INTEGER, in_wacht_fragment CHAR(1) NOT NULL
);
-- opname_id has no foreign key: a score outlives its recording.
CREATE TABLE scorekaart (
    kaart_id INTEGER PRIMARY KEY, opname_id INTEGER, score INTEGER NOT NULL, medewerker_id INTEGER,
    beoordeeld_op DATE NOT NULL
);
CREATE INDEX gesprek_start ON gesprek (start_utc);
CREATE INDEX opname_gesprek ON opname (gesprek_id);
CREATE INDEX opname_klacht ON opname (klacht_id);
CREATE INDEX scorekaart_datum ON scorekaart (beoordeeld_op);
"""

MSG: Final = """
CREATE TABLE bericht (
    bericht_id INTEGER PRIMARY KEY, kanaal VARCHAR(10) NOT NULL, afzender VARCHAR(60) NOT NULL,
    ontvangen_utc TIMESTAMP NOT NULL, tekst TEXT, afgehandeld_op TIMESTAMP, dossier_id INTEGER
);
CREATE INDEX bericht_afgehandeld ON bericht (afgehandeld_op);
CREATE INDEX bericht_ontvangen ON bericht (ontvangen_utc);
CREATE INDEX bericht_dossier ON bericht (dossier_id);
"""

WEB: Final = """
CREATE TABLE formulier (
    inzending_id INTEGER PRIMARY KEY, soort VARCHAR(20) NOT NULL, ingediend_utc TIMESTAMP NOT NULL, velden_json TEXT,
    afzender_email VARCHAR(120), afgehandeld_op TIMESTAMP, overgezet_soort VARCHAR(12), overgezet_naar INTEGER
);
CREATE TABLE toestemming_cookie (
    consent_id INTEGER PRIMARY KEY, cookie_id CHAR(36) NOT NULL, keuze VARCHAR(12) NOT NULL,
    tekstversie VARCHAR(12) NOT NULL, gegeven_utc TIMESTAMP NOT NULL, ingetrokken_utc TIMESTAMP
);
CREATE TABLE profiel (
    cookie_id CHAR(36) PRIMARY KEY NOT NULL, interesses_json TEXT, laatst_gezien TIMESTAMP NOT NULL,
    ingetrokken_utc TIMESTAMP
);
-- tijd_utc is seconds since 1970, UTC.
CREATE TABLE klik (
    klik_id INTEGER PRIMARY KEY, tijd_utc INTEGER NOT NULL, ip VARCHAR(45), pagina VARCHAR(120), sessie CHAR(36)
);
CREATE TABLE bezoek_dag (
    dag DATE NOT NULL, pagina VARCHAR(120) NOT NULL, aantal INTEGER NOT NULL, PRIMARY KEY (dag, pagina)
);
CREATE INDEX formulier_afgehandeld ON formulier (afgehandeld_op);
CREATE INDEX formulier_ingediend ON formulier (ingediend_utc);
CREATE INDEX consent_cookie ON toestemming_cookie (cookie_id);
CREATE INDEX consent_gegeven ON toestemming_cookie (gegeven_utc);
CREATE INDEX consent_ingetrokken ON toestemming_cookie (ingetrokken_utc);
CREATE INDEX profiel_gezien ON profiel (laatst_gezien);
CREATE INDEX profiel_ingetrokken ON profiel (ingetrokken_utc);
CREATE INDEX klik_tijd ON klik (tijd_utc);
"""

PRIV: Final = """
CREATE TABLE persoon_index (
    index_id INTEGER PRIMARY KEY, store VARCHAR(10) NOT NULL, lokale_sleutel INTEGER NOT NULL, hmac_naam_geb CHAR(64),
    hmac_email CHAR(64), hmac_tel CHAR(64), aangemaakt_op DATE NOT NULL
);
-- index_id has no foreign key below: requests, consents and complaints outlive the person's own data.
CREATE TABLE toestemming (
    toestemming_id INTEGER PRIMARY KEY, index_id INTEGER NOT NULL, doel VARCHAR(20) NOT NULL,
    tekstversie VARCHAR(12) NOT NULL, kanaal VARCHAR(12) NOT NULL, gegeven_op DATE NOT NULL, ingetrokken_op DATE
);
CREATE TABLE verzoek (
    verzoek_id INTEGER PRIMARY KEY, index_id INTEGER NOT NULL, soort VARCHAR(14) NOT NULL, ontvangen_op DATE NOT NULL,
    deadline DATE NOT NULL, verlengd_tot DATE, afgehandeld_op DATE, uitkomst VARCHAR(12), grond TEXT
);
CREATE TABLE id_controle (
    controle_id INTEGER PRIMARY KEY, verzoek_id INTEGER NOT NULL REFERENCES verzoek (verzoek_id), methode VARCHAR(30),
    gecontroleerd_op DATE NOT NULL, scan_pad VARCHAR(200)
);
CREATE TABLE klacht (
    klacht_id INTEGER PRIMARY KEY, index_id INTEGER NOT NULL, ontvangen_op DATE NOT NULL, afgehandeld_op DATE,
    soort VARCHAR(12) NOT NULL, financieel CHAR(1) NOT NULL, omschrijving TEXT
);
CREATE TABLE datalek (
    datalek_id INTEGER PRIMARY KEY, ontdekt_op DATE NOT NULL, afgehandeld_op DATE, gemeld_ap_op DATE,
    aantal_betrokkenen INTEGER NOT NULL, betrokkenen_pad VARCHAR(200)
);
CREATE TABLE verstrekking (
    verstrekking_id INTEGER PRIMARY KEY, store VARCHAR(10) NOT NULL, lokale_sleutel INTEGER NOT NULL,
    ontvanger VARCHAR(120), datum DATE NOT NULL, grondslag VARCHAR(30) NOT NULL, toestemming_id INTEGER
);
CREATE TABLE bezwaar_suppressie (hmac_email CHAR(64) PRIMARY KEY NOT NULL, sinds DATE NOT NULL, opgeheven_op DATE);
CREATE UNIQUE INDEX index_sleutel ON persoon_index (store, lokale_sleutel);
CREATE INDEX index_aangemaakt ON persoon_index (aangemaakt_op);
CREATE INDEX toestemming_ingetrokken ON toestemming (ingetrokken_op);
CREATE INDEX verzoek_ontvangen ON verzoek (ontvangen_op);
CREATE INDEX verzoek_afgehandeld ON verzoek (afgehandeld_op);
CREATE INDEX controle_verzoek ON id_controle (verzoek_id);
CREATE INDEX klacht_ontvangen ON klacht (ontvangen_op);
CREATE INDEX klacht_afgehandeld ON klacht (afgehandeld_op);
CREATE INDEX datalek_ontdekt ON datalek (ontdekt_op);
CREATE INDEX datalek_afgehandeld ON datalek (afgehandeld_op);
CREATE INDEX verstrekking_datum ON verstrekking (datum);
CREATE INDEX suppressie_opgeheven ON bezwaar_suppressie (opgeheven_op);
"""
