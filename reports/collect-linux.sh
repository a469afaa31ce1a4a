#!/usr/bin/env bash
# Collects on the VM what the diagnosis of its backup is missing, and nothing else. It changes nothing and sends nothing.
# Run it on the VM:  sudo bash collect.sh
(
set -u
exec < /dev/null
# NAMES
umask 077
[ "$(id -u)" = 0 ] || { echo 'Run this as root: sudo bash collect.sh'; exit 1; }
here=$(pwd)
folder="backup-diagnosis-linux-$(date -u +%Y%m%dT%H%M%SZ)"
mkdir -- "$folder" && cd -- "$folder" || exit 1
errors=collect-errors.txt
command -v sudo > /dev/null || sudo() { "$@"; }
begin() { printf '== %s\n' "$1"; printf '== %s\n' "$1" >> "$errors"; }
failed() { printf '   failed with code %s; going on (see %s)\n' "$?" "$errors"; }

# COMMANDS

find . -maxdepth 1 -type f -size 0 ! -name "$errors" -delete
cd -- "$here" || exit 1
tar czf "$folder.tar.gz" -- "$folder" || exit 1
[ -z "${SUDO_UID:-}" ] || chown "$SUDO_UID" "$folder.tar.gz"
printf 'Done. Analyze it together with what you have:\n%s\n' "$here/$folder.tar.gz"
)
