"""How full the file systems are."""

from __future__ import annotations

import pytest

from tests.parsers.members import read


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Filesystem      Size  Used Avail Use% Mounted on\n/dev/root        29G   28G  1.5G  96% /\n", {"filesystem": "/dev/root", "used_percent": 96, "available_kb": 1572864, "inodes": False}),
        ("Filesystem     1K-blocks     Used Available Use% Mounted on\n/dev/sda1       30298176 12345678  17936114  41% /\n", {"used_percent": 41, "available_kb": 17936114}),
        ("Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 30298176 12345678 17936114 41% /\n", {"available_kb": 17936114}),
        ("Filesystem     1M-blocks  Used Available Use% Mounted on\n/dev/sda1          29589 12057     17516  41% /\n", {"available_kb": 17516 * 1024}),
        ("Filesystem     Type     1K-blocks     Used Available Use% Mounted on\n/dev/sda1      ext4      30298176 12345678  17936114  41% /\n", {"filesystem": "/dev/sda1", "type": "ext4", "available_kb": 17936114}),
        ("Filesystem      Inodes  IUsed   IFree IUse% Mounted on\n/dev/root      3870720 3870720      0  100% /\n", {"inodes": True, "used_percent": 100, "free_inodes": 0}),
        ("Dateisystem    1K-Blöcke Benutzt Verfügbar Verw% Eingehängt auf\n/dev/sda1      30298176 12345678  17936114   41% /\n", {"used_percent": 41, "available_kb": 17936114}),
        ("文件系统        容量  已用  可用 已用% 挂载点\n/dev/sda1       1,5T   12G   17G   41% /\n", {"used_percent": 41, "available_kb": 17 * 1024 * 1024}),
    ],
)  # fmt: skip
def test_row_of_every_form_is_read(text: str, fields: dict[str, object]) -> None:
    event = read("sos_commands/filesys/df_x", text).only
    assert event.kind == "cmd-df"
    assert (event.fields["mount"], event.state, event.line) == ("/", True, 2)
    assert {name: event.fields.get(name) for name in fields} == fields


def test_long_device_name_on_its_own_line_belongs_to_its_row() -> None:
    text = "Filesystem      Size  Used Avail Use% Mounted on\n/dev/mapper/a-very-long-volume-group-name\n                 98G   98G     0 100% /data\ntmpfs           1.7G     0  1.7G   0% /mnt/my dir\n"
    first, second = read("df.txt", text).events
    assert (first.line, first.until_line, first.raw) == (
        2,
        3,
        "/dev/mapper/a-very-long-volume-group-name\n                 98G   98G     0 100% /data",
    )
    assert (first.fields["filesystem"], first.fields["mount"], first.fields["available_kb"]) == (
        "/dev/mapper/a-very-long-volume-group-name",
        "/data",
        0,
    )
    assert second.fields["mount"] == "/mnt/my dir"


def test_row_without_numbers_has_none() -> None:
    event = read("df.txt", "Filesystem Size Used Avail Use% Mounted on\nsysfs - - - - /sys\n").only
    assert (event.fields["used_percent"], event.fields["available_kb"]) == (None, None)
