"""Schemas of the checks' parameters, and what they refuse."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from evaluator.checks import REGISTRY, Check
from evaluator.errors import EngineFault
from evaluator.parameters import complete_params


@pytest.mark.parametrize("check", REGISTRY.values(), ids=REGISTRY.keys())
def test_the_schema_of_every_check_is_sound(check: Check) -> None:
    Draft202012Validator.check_schema(check.parameters)


@pytest.mark.parametrize("check", REGISTRY.values(), ids=REGISTRY.keys())
def test_a_parameter_that_no_check_has_is_our_fault(check: Check) -> None:
    with pytest.raises(EngineFault, match=r"engine\.parameters_invalid"):
        complete_params(check, {"no such parameter": 1})
