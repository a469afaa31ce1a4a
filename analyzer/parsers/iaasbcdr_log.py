"""`IaaSBcdrExtension<n>.log`: what the backup extension for Windows writes in its folder below `C:\\WindowsAzure\\Logs\\Plugins`.

Its format is not documented and no excerpt of it is public, so nothing is read from it but stamps, levels and text, by the same
sniffing as for any extension (`windows_command_log`). It is written while a backup runs: its silence says nothing.
"""

from __future__ import annotations

from analyzer.parsers import windows_command_log

FORMAT = windows_command_log.FORMAT
