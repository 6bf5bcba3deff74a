"""Tables of the stores that serve people: clients, volunteers, activities."""

from __future__ import annotations

from typing import Final

CVS: Final = """
CREATE TABLE client (
    client_id INTEGER PRIMARY KEY, bsn CHAR(9), voornaam VARCHAR(60), achternaam VARCHAR(80) NOT NULL,
    geboortedatum DATE, geslacht CHAR(1), adres VARCHAR(120), postcode VARCHAR(7), woonplaats VARCHAR(60),
    telefoon VARCHAR(20), email VARCHAR(120), overleden_op DATE, taal VARCHAR(20), aangemaakt_op DATE NOT NULL,
    gewijzigd_op DATE, herkomst VARCHAR(12) NOT NULL
);
CREATE TABLE client_relatie (
    relatie_id INTEGER PRIMARY KEY, client_id INTEGER REFERENCES client (client_id),
    gerelateerde_client_id INTEGER REFERENCES client (client_id), naam VARCHAR(120), soort VARCHAR(20), gezag_tot DATE
);
-- heropend_van_dossier_id has no foreign key: the vendor never made one.
CREATE TABLE dossier (
    dossier_id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client (client_id),
    regime VARCHAR(20) NOT NULL, opdrachtgever VARCHAR(20) NOT NULL, geopend_op DATE NOT NULL, afgesloten_op DATE,
    resultaat VARCHAR(20) NOT NULL, heropend_van_dossier_id INTEGER, laatste_inhoudelijke_wijziging DATE NOT NULL,
    laatste_technische_wijziging DATE, selectielijstklasse VARCHAR(10)
);
CREATE TABLE dossier_betrokkene (
    dossier_id INTEGER NOT NULL REFERENCES dossier (dossier_id),
    client_id INTEGER NOT NULL REFERENCES client (client_id), rol VARCHAR(20), PRIMARY KEY (dossier_id, client_id)
);
CREATE TABLE contactmoment (
    contact_id INTEGER PRIMARY KEY, dossier_id INTEGER REFERENCES dossier (dossier_id),
    client_id INTEGER REFERENCES client (client_id), datum_tijd TIMESTAMP NOT NULL, kanaal VARCHAR(10) NOT NULL,
    notitie TEXT, medewerker_id INTEGER
);
CREATE TABLE rapportage (
    rapport_id INTEGER PRIMARY KEY, dossier_id INTEGER NOT NULL REFERENCES dossier (dossier_id),
    opgesteld_op DATE NOT NULL, auteur VARCHAR(80), tekst TEXT
);
CREATE TABLE plan (
    plan_id INTEGER PRIMARY KEY, dossier_id INTEGER NOT NULL REFERENCES dossier (dossier_id),
    status VARCHAR(20) NOT NULL, vastgesteld_op DATE, tekst TEXT
);
CREATE TABLE document (
    document_id INTEGER PRIMARY KEY, dossier_id INTEGER NOT NULL REFERENCES dossier (dossier_id), pad VARCHAR(200),
    soort VARCHAR(30) NOT NULL, ontvangen_op DATE, vervaardigd_op DATE, sha256 CHAR(64)
);
CREATE TABLE schuld (
    schuld_id INTEGER PRIMARY KEY, dossier_id INTEGER NOT NULL REFERENCES dossier (dossier_id),
    schuldeiser VARCHAR(120), bedrag DECIMAL(10, 2), stand_op DATE
);
CREATE TABLE noodbesluit (
    besluit_id INTEGER PRIMARY KEY, dossier_id INTEGER NOT NULL REFERENCES dossier (dossier_id),
    genomen_op DATE NOT NULL, reden_code VARCHAR(20) NOT NULL, beslisser VARCHAR(80), pogingen_toestemming TEXT
);
CREATE TABLE dossier_log (
    log_id INTEGER PRIMARY KEY, dossier_id INTEGER NOT NULL REFERENCES dossier (dossier_id),
    tijdstip TIMESTAMP NOT NULL, medewerker_id INTEGER, actie VARCHAR(12) NOT NULL
);
CREATE INDEX client_aangemaakt ON client (aangemaakt_op);
CREATE INDEX relatie_client ON client_relatie (client_id);
CREATE INDEX relatie_gerelateerde ON client_relatie (gerelateerde_client_id);
CREATE INDEX dossier_client ON dossier (client_id);
CREATE INDEX dossier_afgesloten ON dossier (afgesloten_op);
CREATE INDEX dossier_wijziging ON dossier (laatste_inhoudelijke_wijziging);
CREATE INDEX dossier_heropend ON dossier (heropend_van_dossier_id);
CREATE INDEX betrokkene_client ON dossier_betrokkene (client_id);
CREATE INDEX contact_dossier ON contactmoment (dossier_id);
CREATE INDEX contact_client ON contactmoment (client_id);
CREATE INDEX contact_datum ON contactmoment (datum_tijd);
CREATE INDEX rapportage_dossier ON rapportage (dossier_id);
CREATE INDEX plan_dossier ON plan (dossier_id);
CREATE INDEX document_dossier ON document (dossier_id);
CREATE INDEX document_ontvangen ON document (ontvangen_op);
CREATE INDEX document_vervaardigd ON document (vervaardigd_op);
CREATE INDEX schuld_dossier ON schuld (dossier_id);
CREATE INDEX noodbesluit_dossier ON noodbesluit (dossier_id);
CREATE INDEX log_dossier ON dossier_log (dossier_id);
CREATE INDEX log_tijdstip ON dossier_log (tijdstip);
"""

VRIJ: Final = """
CREATE TABLE vrijwilliger (
    vrijwilliger_id INTEGER PRIMARY KEY, naam VARCHAR(120) NOT NULL, adres VARCHAR(120), geboortedatum DATE,
    telefoon VARCHAR(20), email VARCHAR(120), iban VARCHAR(34), client_ref VARCHAR(60), gestart_op DATE NOT NULL,
    gestopt_op DATE
);
CREATE TABLE inzet (
    inzet_id INTEGER PRIMARY KEY, vrijwilliger_id INTEGER NOT NULL REFERENCES vrijwilliger (vrijwilliger_id),
    activiteit VARCHAR(60), van DATE NOT NULL, tot DATE
);
CREATE TABLE vog (
    vog_id INTEGER PRIMARY KEY, vrijwilliger_id INTEGER NOT NULL REFERENCES vrijwilliger (vrijwilliger_id),
    gezien_op DATE NOT NULL, gezien_door VARCHAR(80), scan_pad VARCHAR(200)
);
CREATE TABLE declaratie (
    declaratie_id INTEGER PRIMARY KEY, vrijwilliger_id INTEGER NOT NULL REFERENCES vrijwilliger (vrijwilliger_id),
    datum DATE NOT NULL, bedrag DECIMAL(10, 2) NOT NULL, betaald_op VARCHAR(40)
);
CREATE INDEX vrijwilliger_gestopt ON vrijwilliger (gestopt_op);
CREATE INDEX inzet_vrijwilliger ON inzet (vrijwilliger_id);
CREATE INDEX vog_vrijwilliger ON vog (vrijwilliger_id);
CREATE INDEX declaratie_vrijwilliger ON declaratie (vrijwilliger_id);
CREATE INDEX declaratie_datum ON declaratie (datum);
CREATE INDEX declaratie_betaald ON declaratie (betaald_op);
"""

ACT: Final = """
CREATE TABLE deelnemer (
    deelnemer_id INTEGER PRIMARY KEY, naam VARCHAR(120) NOT NULL, geboortedatum DATE, adres VARCHAR(120),
    email VARCHAR(120), telefoon VARCHAR(20), bijzonderheden_gezondheid TEXT, aangemaakt_op DATE NOT NULL
);
CREATE TABLE cursus (
    cursus_id INTEGER PRIMARY KEY, titel VARCHAR(120) NOT NULL, start DATE NOT NULL, eind DATE
);
CREATE TABLE inschrijving (
    inschrijving_id INTEGER PRIMARY KEY, deelnemer_id INTEGER NOT NULL REFERENCES deelnemer (deelnemer_id),
    cursus_id INTEGER NOT NULL REFERENCES cursus (cursus_id), ingeschreven_op DATE NOT NULL,
    status VARCHAR(12) NOT NULL, toestemming_foto_id INTEGER
);
CREATE TABLE presentie (
    inschrijving_id INTEGER NOT NULL REFERENCES inschrijving (inschrijving_id), datum DATE NOT NULL,
    PRIMARY KEY (inschrijving_id, datum)
);
CREATE TABLE dienst (
    dienst_id INTEGER PRIMARY KEY, deelnemer_id INTEGER NOT NULL REFERENCES deelnemer (deelnemer_id),
    soort VARCHAR(12) NOT NULL, van DATE NOT NULL, tot DATE, bijzonderheden TEXT
);
CREATE INDEX deelnemer_aangemaakt ON deelnemer (aangemaakt_op);
CREATE INDEX cursus_start ON cursus (start);
CREATE INDEX cursus_eind ON cursus (eind);
CREATE INDEX inschrijving_deelnemer ON inschrijving (deelnemer_id);
CREATE INDEX inschrijving_cursus ON inschrijving (cursus_id);
CREATE INDEX dienst_deelnemer ON dienst (deelnemer_id);
CREATE INDEX dienst_tot ON dienst (tot);
"""
