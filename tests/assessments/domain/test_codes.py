"""Verification codes: nobody guesses them, and everybody can copy them."""

from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.codes import ALPHABET, LENGTH, new_code, read_code, spelled


def test_a_code_holds_128_bits_and_no_letter_that_looks_like_another() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {LENGTH}
    assert set("".join(codes)) <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)


@given(st.text(alphabet=ALPHABET, min_size=LENGTH, max_size=LENGTH))
def test_a_code_is_read_back_however_it_was_copied(code: str) -> None:
    assert read_code(spelled(code)) == code
    assert read_code(spelled(code).lower().replace("1", "i").replace("0", "o").replace("-", " ")) == code
    assert read_code(code.replace("1", "L")) == code


@given(st.text(max_size=60))
def test_what_is_no_code_is_read_as_none(text: str) -> None:
    read = read_code(text)
    assert read == "" or (len(read) == LENGTH and set(read) <= set(ALPHABET))
