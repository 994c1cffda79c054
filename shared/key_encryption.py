"""Where key-encryption keys come from: a provider, asked once when a process starts.

A decision seals and opens in one go, without waiting, so the ring is in memory while a process runs. A key
management
service fits as one more provider, which has it decrypt a stored ring at start; it is then needed for
starting and for a new key, never for reading a tip.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from shared.errors import Invalid
from shared.sealing import Keyring


class KeyProvider(Protocol):
    def ring(self) -> Keyring:
        """Every key that something may still be wrapped with, the current one first. Raises
        `Invalid(code="bad_keyring")` without a word of the content."""
        ...


@dataclass(frozen=True, slots=True)
class InSetting:
    """The ring itself, as `Keyring.parse` reads it."""

    text: str = field(repr=False)

    def ring(self) -> Keyring:
        return Keyring.parse(self.text)


@dataclass(frozen=True, slots=True)
class FromFile:
    """A file of the same form, one key a line or several with commas between them, the current one first."""

    path: Path

    def ring(self) -> Keyring:
        try:
            lines = self.path.read_text().split()
        except (OSError, UnicodeError) as fault:
            why = f"the key file cannot be read: {type(fault).__name__}"
            raise Invalid(why, code="bad_keyring") from None
        return Keyring.parse(",".join(line.strip(",") for line in lines))


PROVIDERS: Mapping[str, Callable[[str], KeyProvider]] = {"file": lambda place: FromFile(Path(place))}
"""By the scheme of the setting: `file:/run/secrets/tips-keys`. Without one the setting is the ring."""


def ring_of(setting: SecretStr) -> Keyring:
    """The ring that a `…_SEALING_KEY` names or holds. Raises `Invalid(code="bad_keyring")`."""
    value = setting.get_secret_value()
    scheme, _, place = value.partition(":")
    provider = PROVIDERS[scheme](place) if scheme in PROVIDERS else InSetting(value)
    return provider.ring()
