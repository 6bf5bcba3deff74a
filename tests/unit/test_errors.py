import inspect

import pytest

from retention import errors

STATUS = {
    errors.RetentionError: 2,
    errors.ConfigError: 2,
    errors.PolicyError: 2,
    errors.UsageError: 2,
    errors.ClockError: 2,
    errors.SweepRunning: 2,
    errors.PlanRefused: 3,
    errors.StoreError: 1,
    errors.HoldUnconfirmed: 1,
    errors.VerificationError: 1,
    errors.ControlError: 4,
    errors.AuditError: 4,
}


@pytest.mark.parametrize("error", STATUS, ids=lambda error: error.__name__)
def test_each_error_ends_with_its_documented_exit_status(error):
    assert STATUS[error] == error("message").exit_status


def test_every_error_of_the_product_has_one_base_and_is_listed_here():
    defined = {cls for _, cls in inspect.getmembers(errors, inspect.isclass) if cls.__module__ == errors.__name__}
    assert defined == set(STATUS)
    assert all(issubclass(cls, errors.RetentionError) for cls in defined)
