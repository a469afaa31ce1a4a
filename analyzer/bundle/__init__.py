"""A read-only virtual tree over zip, tar, folder, single file and archives inside archives.

Nothing is extracted to disk by name, and no input is an error but one that cannot be read at all: all damage becomes Problems.
"""

from analyzer.bundle.budget import Budget
from analyzer.bundle.encoding import Encoding, Text, detect_encoding, is_binary, transcode
from analyzer.bundle.opening import open_bundle
from analyzer.bundle.readahead import read_ahead
from analyzer.bundle.tree import Bundle, BundleError, Member, Stream

__all__ = [
    "Budget",
    "Bundle",
    "BundleError",
    "Encoding",
    "Member",
    "Stream",
    "Text",
    "detect_encoding",
    "is_binary",
    "open_bundle",
    "read_ahead",
    "transcode",
]
