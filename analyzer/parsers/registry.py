r"""The registry as text: registry.json of Inspect IaaS Disk, `.reg` exports, and what `reg query` prints.

registry.json holds the values that the manifest asked for, "simple JSON" whose shape is not published (Azure/azure-diskinspect-service,
docs/registry.md; the control set is resolved there, characters beyond ASCII are `?`). So any nesting is read: the keys of objects,
joined by backslashes, are a path; a scalar, a list of scalars, or an object with a value (and a type) is what stands at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from analyzer.model import Event, Value
from analyzer.parsers import document as documents
from analyzer.parsers import lines, registry_values, values
from analyzer.parsers.document import Document
from analyzer.parsers.registry_values import KEY, Found

_MOST = 20_000  # values of one document; an export of a whole hive has half a million
_AHEAD = 64 << 10  # characters of a JSON text in which the next value is looked for
_MOST_LINES = 2_000  # lines of one value
_TYPES = {
    "": "REG_BINARY", "0": "REG_NONE", "1": "REG_SZ", "2": "REG_EXPAND_SZ", "3": "REG_BINARY", "4": "REG_DWORD",
    "5": "REG_DWORD_BIG_ENDIAN", "6": "REG_LINK", "7": "REG_MULTI_SZ", "b": "REG_QWORD",
}  # fmt: skip
_TEXTS = ("REG_SZ", "REG_EXPAND_SZ", "REG_LINK", "REG_MULTI_SZ")
_HEX = re.compile(r"hex(?:\(([0-9a-fA-F]{1,8})\))?:([0-9a-fA-F,\s\\]*)")
_ROOT = re.compile(r"(?i)^(?:registry::|computer\\)?(?:HKEY_\w|HKLM|HKCU|HKU|HKCR|(?:SOFTWARE|SYSTEM)(?:[\\/]|$))")
_CURRENT = re.compile(
    r'(?im)^\[HKEY_LOCAL_MACHINE\\[^\\\]\n]+\\Select\][ \t]*\r?$(?:\r?\n(?!\[)[^\n]*){0,40}?\r?\n[ \t]*"Current"=dword:0*([1-9]\d{0,2})'
)
_QUERIED_CURRENT = re.compile(r"(?im)^ {4}Current {4}REG_DWORD {4}0x([1-9]\d{0,2})[ \t]*\r?$")
_VALUE_KEYS = ("value", "data", "valuedata")
_PATH_KEYS = ("path", "key", "keypath", "registrykey", "registrypath", "query")
_NAME_KEYS = ("name", "valuename", "property")
_TYPE_KEYS = ("type", "valuetype", "kind")


def parse(document: Document) -> Iterator[Event]:
    """One state event `registry-value` per value: fields `hive`, `key`, `name`, `value`, `type` (docs/events.md). A key whose mere
    existence says something gives one too, of type `key`."""
    begin = document.text.lstrip("\ufeff\x00 \t\r\n")[:1]
    if document.path.lower().endswith(".json") or begin in "{" or (begin == "[" and not re.match(r"\s*\[-?HK", document.text)):
        found: Iterable[Event] = _of_json(document)
    else:
        found = of_lines(document.path, document.lines(), document, _current(document.text))
    number = -1
    for number, event in enumerate(found):
        if number >= _MOST:
            document.problem(f"more than {_MOST} values", "the values behind them")
            break
        yield event
    if number < 0 and not document.problems:
        document.problem("it holds no value of the registry", "the whole document")


def of_lines(artifact: str, rows: Iterable[tuple[int, str]], document: Document | None = None, current: str = "") -> Iterator[Event]:
    """The values of an export or of `reg query`, from numbered lines. `current` is the number of the control set in use ('001')."""
    key, wide = "", True
    numbered = iter(rows)
    for number, line in numbered:
        shape, columns = lines.read("registry", line.strip("\x00\u200e\u200f").rstrip())
        if shape == "version":
            wide = columns["VERSION"].upper() != "REGEDIT4"
        elif shape in ("opened", "queried_key"):
            key = columns.get("PATH") or columns.get("QUERIED", "")
            yield from _flag(artifact, key, current, number, line)
        elif shape == "removed":
            key = ""
        elif shape == "queried_value" and key:
            hive, below = registry_values.split(key, current)
            value = _queried(columns["TYPE"], columns["QUERIED_DATA"])
            name = "" if columns["NAME"].startswith("(") and columns["NAME"].endswith(")") else columns["NAME"]
            yield from registry_values.events(Found(hive, below, name, columns["TYPE"], value), artifact, line.strip(), line=number)
        elif shape in ("value", "default") and key:
            written, last = _whole(number, line, columns["DATA"], numbered)
            data = written[len(line) - len(columns["DATA"]) :]
            read = _data(data, wide)
            if read is None:
                if document is not None:
                    document.problem(f"the data of the value at line {number} cannot be read", "that value")
                continue
            hive, below = registry_values.split(key, current)
            name = _unescaped(columns["QUOTED"][1:-1]) if shape == "value" else ""
            until = last if last != number else None
            yield from registry_values.events(Found(hive, below, name, *read), artifact, written, line=number, until_line=until)


def _flag(artifact: str, path: str, current: str, number: int, line: str) -> Iterator[Event]:
    hive, key = registry_values.split(path, current)
    if registry_values.is_flag(hive, key):
        yield from registry_values.events(Found(hive, key, "", KEY, True), artifact, line.strip(), line=number)


def _current(text: str) -> str:
    """The number of the control set that the machine uses, if the document says it or names one set only."""
    if match := _CURRENT.search(text) or (_QUERIED_CURRENT.search(text) if "\\Select" in text else None):
        return match[1].zfill(3)
    named = set(re.findall(r"(?i)\\ControlSet(\d{3})(?=[\\\]\r\n])", text[: 8 << 20]))
    return next(iter(named)) if len(named) == 1 else ""


def _whole(number: int, line: str, data: str, rest: Iterator[tuple[int, str]]) -> tuple[str, int]:
    """A value with the lines that continue it, as written, and its last line: hex data goes on after a backslash, a text until its
    closing quote."""
    parts = [line]
    more = _open_text(data) if data.startswith('"') else data.startswith("hex") and data.rstrip().endswith("\\")
    last = number
    for last, line in rest if more else ():  # noqa: B007 - the line that ends the value is told
        parts.append(line)
        more = not re.search(r'(?<!\\)(?:\\\\)*"\s*$', line) if data.startswith('"') else line.rstrip().endswith("\\")
        if not more or len(parts) >= _MOST_LINES:
            break
    return "\n".join(parts), last


def _open_text(data: str) -> bool:
    """Whether a text begins that does not end in its line."""
    return re.fullmatch(r'"(?:[^"\\]|\\.)*"\s*', data) is None and '"' not in re.sub(r"\\.", "", data[1:])


def _data(data: str, wide: bool) -> tuple[str, Value] | None:
    """Type and value of the data of an export; `wide`: strings in hex data are UTF-16. None if it is no data."""
    data = data.strip()
    if data.startswith('"'):
        match = re.match(r'"((?:[^"\\]|\\.)*)"?', data, re.DOTALL)
        return ("REG_SZ", _unescaped(match[1])) if match else None
    if match := re.fullmatch(r"dword:\s*([0-9a-fA-F]{1,8})", data, re.IGNORECASE):
        return "REG_DWORD", int(match[1], 16)
    hexadecimal = _HEX.fullmatch(data)
    if hexadecimal is None:
        return None
    kind = (hexadecimal[1] or "").lower().lstrip("0") or ("0" if hexadecimal[1] else "")
    digits = re.sub(r"[^0-9a-fA-F,]", "", hexadecimal[2])
    octets = bytes(int(pair, 16) for pair in digits.split(",") if 0 < len(pair) <= 2)
    name = _TYPES.get(kind, f"REG_TYPE_{kind}")
    if name in _TEXTS:
        text = octets.decode("utf-16-le" if wide else "cp1252", "replace")
        return name, registry_values.strings(text) if name == "REG_MULTI_SZ" else text.split("\0", 1)[0]
    if name in ("REG_DWORD", "REG_QWORD", "REG_DWORD_BIG_ENDIAN") and 0 < len(octets) <= 8:
        number = int.from_bytes(octets, "big" if name.endswith("ENDIAN") else "little")
        return name, number if number < 1 << 63 else str(number)
    return name, registry_values.binary(octets)


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\\"])", r"\1", text)


def _queried(kind: str, data: str) -> Value:
    if kind in ("REG_DWORD", "REG_QWORD") and re.fullmatch(r"0x[0-9a-fA-F]{1,16}", data):
        number = int(data, 16)
        return number if number < 1 << 63 else str(number)
    if kind == "REG_MULTI_SZ":
        return registry_values.strings(data.replace("\\0", "\0"))
    if kind in ("REG_BINARY", "REG_NONE") and re.fullmatch(r"(?:[0-9a-fA-F]{2})*", data):
        return registry_values.binary(bytes.fromhex(data))
    return data


def _of_json(document: Document) -> Iterator[Event]:
    value = document.json()
    if value is None:
        return
    at = 0
    for found, pointer in _walk(value, (), "", 0):
        raw, at = _written(document.text, found, at)
        yield from registry_values.events(found, document.path, raw, pointer=pointer)


def _walk(value: Any, path: tuple[str, ...], pointer: str, depth: int) -> Iterator[tuple[Found, str]]:
    """Every value below `value`, with its JSON Pointer. What no path of a registry leads to is skipped."""
    if depth > 64:
        return
    if isinstance(value, dict):
        leaf = _leaf(value, path)
        if leaf is not None:
            yield leaf, pointer
            return
        for key, item in value.items():
            yield from _walk(item, _joined(path, str(key)), documents.at(pointer, key), depth + 1)
    elif isinstance(value, list) and not (value and all(isinstance(item, str) for item in value)):
        for index, item in enumerate(value):
            yield from _walk(item, path, documents.at(pointer, index), depth + 1)
    elif found := _found(path, "", value):
        yield found, pointer


def _joined(path: tuple[str, ...], key: str) -> tuple[str, ...]:
    """The path below `path`; one that begins with a root of the registry begins anew."""
    return (key,) if _ROOT.match(key) else (*path, key)


def _leaf(value: dict[str, Any], path: tuple[str, ...]) -> Found | None:
    """A value that is described by an object: its data, perhaps its type, its name and its path."""
    own = values.lowered(value)
    data = next((own[key] for key in _VALUE_KEYS if key in own and not isinstance(own[key], dict)), None)
    written = next((text for key in _PATH_KEYS if (text := values.text(own.get(key)))), "")
    if data is None or not (written or any(_ROOT.match(part) for part in path)):
        return None
    name = next((text for key in _NAME_KEYS if (text := values.text(own.get(key)))), "")
    whole = (
        *(path if not _ROOT.match(written) else ()),
        *((written,) if written else ()),
        *((name,) if name and not written.lower().endswith("\\" + name.lower()) else ()),
    )
    kind = next((text for key in _TYPE_KEYS if (text := values.text(own.get(key)))), "")
    return _found(whole, kind, data)


def _found(path: tuple[str, ...], kind: str, data: Any) -> Found | None:
    """The value at a path whose last part is its name; None if that is no path of a registry or the data is null."""
    whole = re.sub(r"\\+", lambda _: "\\", "\\".join(path).replace("/", "\\"))
    if not _ROOT.match(whole) or data is None or "\\" not in whole:
        return None
    key, name = whole.rsplit("\\", 1)
    hive, below = registry_values.split(key)
    if isinstance(data, list):
        return Found(hive, below, values.text(name), kind or "REG_MULTI_SZ", "; ".join(values.text(item) for item in data))
    if isinstance(data, bool | int | float):
        number = int(data) if isinstance(data, bool) else values.number(data)
        return Found(hive, below, values.text(name), kind, values.text(data) if number is None else number)
    text = values.text(data)
    if kind.upper() in ("REG_DWORD", "REG_QWORD") and (match := re.fullmatch(r"(0x[0-9a-fA-F]{1,16})|\d{1,18}", text.strip())):
        return Found(hive, below, values.text(name), kind, int(text.strip(), 16 if match[1] else 10))
    return Found(hive, below, values.text(name), kind, text)


def _written(text: str, found: Found, begin: int) -> tuple[str, int]:
    """The value as the JSON text has it, looked for from `begin` on, and where it ends; values stand there in the order of the walk.

    The piece begins at the member whose name is the value's (or ends with it), else at the member that holds the data.
    """
    scalar = r'"(?:[^"\\]|\\.)*"|\[[^\]]{0,1000}\]|\{[^{}]{0,1000}\}|[^\s,\]}]+'
    for name in (rf"(?:[^\"\n]{{0,500}}[\\/])?{re.escape(found.name)}", "(?i:value|data|valuedata)"):
        for match in re.compile(rf'"{name}"\s*:\s*(?P<data>{scalar})').finditer(text, begin, begin + _AHEAD):
            if str(found.value).split("; ", 1)[0] in match["data"].replace("\\\\", "\\"):
                return match[0], match.end()
    return f"{found.key}\\{found.name}: {found.value}", begin
