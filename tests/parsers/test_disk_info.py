"""How full the disk is, from diskinfo.txt."""

from __future__ import annotations

from tests.parsers.members import read

INFO = """Filesystem      Size  Used Avail Use% Mounted on\r
/dev/root       4.0G  423M  3.4G  12% /\r
tmpfs            96M  172K   96M   1% /run\r
/dev/sda1        29G   29G     0 100% /sysroot\r
/dev/sda15      105M  5.3M  100M   6% /sysroot/boot/efi\r
/dev/sdb1        50G   10G   40G  20% /sysroot/data\r
\r
For decoder ring for data below see: http://man.he.net/man2/statvfs\r
\r
[Device: /dev/sda1, mountpoint: / ]\r
bsize: 4096\r
frsize: 4096\r
blocks: 7583808\r
bfree: 204800\r
bavail: 0\r
files: 3870720\r
ffree: 100\r
favail: 100\r
fsid: 18446744073709551615\r
flag: 4097\r
namemax: 255\r
[Device: /dev/sda15, mountpoint: /boot/efi ]\r
bsize: 2048\r
frsize: 2048\r
blocks: 53365\r
bfree: 50640\r
bavail: 50640\r
files: 0\r
ffree: 0\r
favail: 0\r
"""


def test_each_mount_is_a_state_with_bytes_and_inodes() -> None:
    member = read("diskinfo.txt", INFO)
    root = member.events[0]
    assert (root.kind, root.text, root.line, root.state) == ("disk-info", "/", 10, True)
    assert root.fields == {"mount": "/", "device": "/dev/sda1", "used_percent": 100, "free_bytes": 0, "free_inodes": 100, "inodes": 3870720}
    assert root.raw.startswith("[Device: /dev/sda1, mountpoint: / ]")
    assert not member.problems


def test_file_system_without_inodes_has_none_left_to_count() -> None:
    efi = read("diskinfo.txt", INFO).events[1]
    assert efi.fields == {
        "mount": "/boot/efi",
        "device": "/dev/sda15",
        "used_percent": 6,
        "free_bytes": 103710720,
        "free_inodes": None,
        "inodes": None,
    }


def test_mount_without_statistics_is_told_by_the_table_and_the_inspecting_machine_is_not() -> None:
    member = read("diskinfo.txt", INFO)
    assert [event.fields["mount"] for event in member.events] == ["/", "/boot/efi", "/data"]
    data = member.events[2]
    assert (data.fields["used_percent"], data.fields["free_bytes"], data.line) == (20, None, 6)


def test_percentage_is_rounded_up_as_df_does() -> None:
    text = "[Device: /dev/sda1, mountpoint: / ]\nbsize: 4096\nfrsize: 4096\nblocks: 1000\nbfree: 509\nbavail: 509\nfiles: 1\nffree: 1\nfavail: 1\n"
    assert read("diskinfo.txt", text).only.fields["used_percent"] == 50


def test_cut_statistics_are_reported_and_the_table_helps() -> None:
    member = read("diskinfo.txt", INFO[: INFO.index("blocks: 7583808")])
    root = member.events[0]
    assert (root.fields["used_percent"], root.fields["free_bytes"]) == (100, None)
    assert member.problems[0].lost == "the free space of /"


def test_drive_letters_of_windows_are_no_mounts() -> None:
    text = "Windows drive letter mappings [Inspect skipped]:\nC: /dev/sda1\n" + INFO
    assert len(read("diskinfo.txt", text).events) == 3


def test_file_without_mounts_is_reported() -> None:
    assert read("diskinfo.txt", "None\n").problems[0].lost == "how full the disk is"


WINDOWS = """Windows drive letter mappings [Inspect skipped]:
C: /dev/sda2
E: /dev/sdb1

Filesystem      Size  Used Avail Use% Mounted on
/dev/root       4.0G  423M  3.4G  12% /
/dev/sda2       127G  127G     0 100% /sysroot
/dev/sdb1        16G   47M   16G   1% /sysroot/mnt

[Device: /dev/sda2, mountpoint: / ]
bsize: 4096
frsize: 4096
blocks: 33291775
bfree: 0
bavail: 0
files: 118048596
ffree: 117915009
favail: 117915009
"""


def test_windows_disk_is_known_by_its_letter() -> None:
    member = read("diskinfo.txt", WINDOWS)
    assert member.column("drive") == ["C:", "E:"]
    assert member.column("used_percent") == [100, 1]
    assert (member.events[0].fields["free_bytes"], member.events[0].line) == (0, 10)
    assert not member.problems


def test_disk_without_letters_has_no_drive() -> None:
    assert all("drive" not in event.fields for event in read("diskinfo.txt", INFO).events)
