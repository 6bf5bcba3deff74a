"""What Stichting Welzijn Duinrand has decided: one module per purpose, and the register of all of them.

A fictitious foundation. None of this is legal advice: every period carries its source and that source's status, and
where no statutory term was found it says that it is the organisation's own choice, and why.
"""

from __future__ import annotations

from typing import Final

from retention.policy import Register

from . import (
    aanvraag_afgebroken,
    aanvraag_geweigerd,
    activiteit_deelname,
    autorisatie_log,
    avg_verzoek,
    contactvraag,
    datalek,
    dienst_overeenkomst,
    financieel,
    geheimhouding,
    gespreksopname_klacht,
    gespreksopname_training,
    hr_dossier,
    hr_loon_id,
    id_verificatie,
    incasso,
    jeugd_dossier,
    klacht,
    klikgedrag,
    kwaliteitsverbetering,
    leerplicht,
    medewerkers_van_partners,
    opdrachtgever_contract,
    participatie,
    persoonlijke_aanbiedingen,
    schuldhulp,
    sollicitant,
    suppressie,
    toestemmingsbewijs,
    tracking_profiel,
    verstrekkingenregister,
    vog_registratie,
    vrijwilliger,
    wachtlijst,
    website_ip_fraude,
    website_statistiek,
    welzijn_licht,
    wmo_dossier,
    wmo_stuk,
    zakelijke_contacten,
    zonder_toestemming,
)
from .data_map import DATASETS

REGISTER: Final = Register(
    policies=(
        wmo_dossier.POLICY,
        wmo_stuk.POLICY,
        jeugd_dossier.POLICY,
        participatie.POLICY,
        schuldhulp.POLICY,
        leerplicht.POLICY,
        aanvraag_afgebroken.POLICY,
        aanvraag_geweigerd.POLICY,
        welzijn_licht.POLICY,
        activiteit_deelname.POLICY,
        wachtlijst.POLICY,
        dienst_overeenkomst.POLICY,
        vrijwilliger.POLICY,
        vog_registratie.POLICY,
        financieel.POLICY,
        incasso.POLICY,
        opdrachtgever_contract.POLICY,
        zakelijke_contacten.POLICY,
        medewerkers_van_partners.POLICY,
        contactvraag.POLICY,
        persoonlijke_aanbiedingen.POLICY,
        kwaliteitsverbetering.POLICY,
        gespreksopname_training.POLICY,
        gespreksopname_klacht.POLICY,
        website_ip_fraude.POLICY,
        website_statistiek.POLICY,
        klikgedrag.POLICY,
        tracking_profiel.POLICY,
        toestemmingsbewijs.POLICY,
        zonder_toestemming.POLICY,
        verstrekkingenregister.POLICY,
        avg_verzoek.POLICY,
        id_verificatie.POLICY,
        klacht.POLICY,
        datalek.POLICY,
        suppressie.POLICY,
        hr_dossier.POLICY,
        hr_loon_id.POLICY,
        sollicitant.POLICY,
        autorisatie_log.POLICY,
        geheimhouding.POLICY,
    ),
    datasets=DATASETS,
)
"""Every policy, in the order of the organisation's catalogue, and every dataset of its data map."""
