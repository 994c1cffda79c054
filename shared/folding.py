"""Vietnamese text as it is matched: in lower case, NFC, đ as d, without marks."""

import unicodedata


def fold(text: str) -> str:
    """Vietnamese text for matching: lower-case, đ to d, marks removed, one space between words."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).casefold().replace("đ", "d"))
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())
