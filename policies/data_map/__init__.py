"""What Stichting Welzijn Duinrand holds, store by store; nothing here says how long."""

from __future__ import annotations

from typing import Final

from retention.dataset import Dataset

from . import act, crm, cvs, fin, hr, msg, priv, tel, vrij, web

DATASETS: Final[tuple[Dataset, ...]] = tuple(
    dataset for store in (cvs, vrij, act, fin, crm, hr, tel, msg, web, priv) for dataset in store.DATASETS
)
"""Every dataset of the organisation's SQL stores."""

STORES: Final[tuple[str, ...]] = tuple(dict.fromkeys(dataset.store for dataset in DATASETS))
"""The names of the stores, in the order of the data map."""
