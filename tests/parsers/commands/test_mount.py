"""Which file systems are mounted, and how."""

from __future__ import annotations

import pytest

from tests.parsers.members import read


@pytest.mark.parametrize(
    ("path", "text", "fields"),
    [
        ("sos_commands/filesys/mount_-l", "/dev/sdb1 on /var type xfs (ro,noexec) [data]\n", {"mount": "/var", "device": "/dev/sdb1", "type": "xfs", "noexec": True, "read_only": True}),
        ("mount.txt", "/dev/sda1 on / type ext4 (rw,relatime,errors=remount-ro)\n", {"mount": "/", "noexec": False, "read_only": False}),
        ("proc/mounts", "/dev/sdb1 /mnt/my\\040dir ext4 rw,noexec 0 0\n", {"mount": "/mnt/my dir", "noexec": True}),
        ("proc/self/mountinfo", "36 35 98:0 /a /mnt2 rw,noatime master:1 - ext3 /dev/root ro,errors=continue\n", {"mount": "/mnt2", "device": "/dev/root", "type": "ext3", "read_only": False}),
        ("findmnt.txt", "TARGET                SOURCE     FSTYPE OPTIONS\n├─/var                /dev/sdb1  xfs    rw,nosuid,noexec,relatime\n", {"mount": "/var", "device": "/dev/sdb1", "noexec": True}),
    ],
)  # fmt: skip
def test_row_of_every_listing_is_read(path: str, text: str, fields: dict[str, object]) -> None:
    event = read(path, text).only
    assert {name: event.fields[name] for name in fields} == fields


def test_password_of_a_share_is_left_out() -> None:
    event = read("mount.txt", "//srv/share on /mnt/x type cifs (rw,username=u,password=geheim,vers=3.0)\n").only
    assert "geheim" not in repr(event)
