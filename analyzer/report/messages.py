"""The report's own words, by language. Everything else in a report arrives in the right language already."""

from __future__ import annotations

from functools import cache

from analyzer import resources

LANGUAGES = ("en", "zh-CN")
LANGUAGE_NAMES = {"en": "English", "zh-CN": "中文"}  # as those who read them call them


class UnknownLanguage(ValueError):
    """A language the report is not written in."""


class Messages:
    """The message catalogue `analyzer/catalogue/messages/<lang>.yaml`: key -> text with `{placeholders}`.

    Raises `UnknownLanguage` for a language that has no catalogue.
    """

    def __init__(self, lang: str = "en") -> None:
        if lang not in LANGUAGES:
            raise UnknownLanguage(f"no report in language {lang!r}: choose one of {', '.join(LANGUAGES)}")
        self.lang = lang
        self._texts = load(lang)

    def get(self, key: str, **params: object) -> str:
        """The text of `key` with its placeholders filled. Raises `KeyError` for an unknown key or a missing parameter."""
        text = self._texts[key]
        return text.format(**params) if params else text

    def count(self, key: str, number: int, **params: object) -> str:
        """The text of `key.one` or `key.other` with `{n}` filled."""
        return self.get(f"{key}.{'one' if number == 1 else 'other'}", n=number, **params)

    def label(self, group: str, value: object) -> str:
        """The word for `value` of an open vocabulary (`stage`, `kind` …), or the value itself where the catalogue has none."""
        if value is None or value == "":
            return self._texts["none"]
        return self._texts.get(f"{group}.{value}", str(value))


@cache
def load(lang: str) -> dict[str, str]:
    """All texts of one language. Raises `ValueError` when the catalogue is not a flat mapping of texts."""
    source = resources.catalogue(f"messages/{lang}.yaml")
    loaded = resources.read_yaml(source)
    if not isinstance(loaded, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in loaded.items()):
        raise ValueError(f"{source.name}: every entry must be a key with one text")
    return loaded
