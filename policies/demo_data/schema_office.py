"""Tables of the stores of the office: finance, relations, staff."""

from __future__ import annotations

from typing import Final

FIN: Final = """
CREATE TABLE debiteur (
    debiteur_id INTEGER PRIMARY KEY, naam VARCHAR(120) NOT NULL, adres VARCHAR(120), iban VARCHAR(34),
    bron VARCHAR(12) NOT NULL, bron_id INTEGER, aangemaakt_op DATE NOT NULL
);
CREATE TABLE factuur (
    factuur_id INTEGER PRIMARY KEY, debiteur_id INTEGER NOT NULL REFERENCES debiteur (debiteur_id),
    factuurdatum DATE NOT NULL, boekjaar INTEGER NOT NULL, bedrag DECIMAL(10, 2) NOT NULL, omschrijving VARCHAR(200)
);
CREATE TABLE incassomandaat (
    mandaat_id INTEGER PRIMARY KEY, debiteur_id INTEGER NOT NULL REFERENCES debiteur (debiteur_id),
    getekend_op DATE NOT NULL, ingetrokken_op DATE
);
CREATE TABLE subsidieverantwoording (
    regel_id INTEGER PRIMARY KEY, opdrachtgever VARCHAR(20) NOT NULL, jaar INTEGER NOT NULL, aantallen INTEGER NOT NULL,
    clientlijst TEXT
);
CREATE INDEX debiteur_aangemaakt ON debiteur (aangemaakt_op);
CREATE INDEX factuur_debiteur ON factuur (debiteur_id);
CREATE INDEX factuur_datum ON factuur (factuurdatum);
CREATE INDEX factuur_boekjaar ON factuur (boekjaar);
CREATE INDEX mandaat_debiteur ON incassomandaat (debiteur_id);
CREATE INDEX mandaat_ingetrokken ON incassomandaat (ingetrokken_op);
CREATE INDEX subsidie_jaar ON subsidieverantwoording (jaar);
"""

CRM: Final = """
CREATE TABLE organisatie (org_id INTEGER PRIMARY KEY, naam VARCHAR(120) NOT NULL, soort VARCHAR(20) NOT NULL);
CREATE TABLE contactpersoon (
    contact_id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES organisatie (org_id), naam VARCHAR(120) NOT NULL,
    functie VARCHAR(60), email VARCHAR(120), telefoon VARCHAR(20), laatste_contact_op DATE,
    aangeleverd_door_org CHAR(1) NOT NULL
);
CREATE TABLE contract (
    contract_id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES organisatie (org_id), van DATE NOT NULL,
    tot DATE, ondertekenaar VARCHAR(120)
);
CREATE TABLE nieuwsbriefabonnee (
    abonnee_id INTEGER PRIMARY KEY, naam VARCHAR(120), email VARCHAR(120) NOT NULL, aangemeld_op DATE NOT NULL,
    laatste_contact_op DATE, afgemeld_op DATE
);
CREATE INDEX contactpersoon_org ON contactpersoon (org_id);
CREATE INDEX contactpersoon_laatste ON contactpersoon (laatste_contact_op);
CREATE INDEX contract_org ON contract (org_id);
CREATE INDEX contract_tot ON contract (tot);
CREATE INDEX abonnee_laatste ON nieuwsbriefabonnee (laatste_contact_op);
CREATE INDEX abonnee_afgemeld ON nieuwsbriefabonnee (afgemeld_op);
"""

HR: Final = """
CREATE TABLE medewerker (
    medewerker_id INTEGER PRIMARY KEY, naam VARCHAR(120) NOT NULL, bsn CHAR(9), geboortedatum DATE, iban VARCHAR(34),
    in_dienst DATE NOT NULL, uit_dienst DATE
);
CREATE TABLE loonstuk (
    stuk_id INTEGER PRIMARY KEY, medewerker_id INTEGER NOT NULL REFERENCES medewerker (medewerker_id),
    soort VARCHAR(30) NOT NULL, jaar INTEGER NOT NULL, pad VARCHAR(200)
);
CREATE TABLE geheimhouding (
    verklaring_id INTEGER PRIMARY KEY, persoon_soort VARCHAR(12) NOT NULL, naam VARCHAR(120),
    getekend_op DATE NOT NULL, einde_op DATE
);
CREATE TABLE sollicitant (
    sollicitant_id INTEGER PRIMARY KEY, naam VARCHAR(120) NOT NULL, email VARCHAR(120), cv_pad VARCHAR(200),
    procedure_einde DATE, toestemming_bewaren_id INTEGER
);
CREATE INDEX medewerker_uit ON medewerker (uit_dienst);
CREATE INDEX loonstuk_medewerker ON loonstuk (medewerker_id);
CREATE INDEX loonstuk_jaar ON loonstuk (jaar);
CREATE INDEX geheimhouding_einde ON geheimhouding (einde_op);
CREATE INDEX sollicitant_einde ON sollicitant (procedure_einde);
"""
