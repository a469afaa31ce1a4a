#!/usr/bin/env bash
# Collects from Azure what the diagnosis of the VM's backup is missing, and nothing else. It only reads.
# Run it where Azure CLI is signed in (Cloud Shell will do):  bash collect.sh
(
set -u
exec < /dev/null
# NAMES
umask 077
here=$(pwd)
folder="backup-diagnosis-azure-$(date -u +%Y%m%dT%H%M%SZ)"
mkdir -- "$folder" && cd -- "$folder" || exit 1
errors=collect-errors.txt
begin() { printf '== %s\n' "$1"; printf '== %s\n' "$1" >> "$errors"; }
failed() { printf '   failed with code %s; going on (see %s)\n' "$?" "$errors"; }

# COMMANDS

find . -maxdepth 1 -type f -size 0 ! -name "$errors" -delete
cd -- "$here" || exit 1
tar czf "$folder.tar.gz" -- "$folder" || exit 1
printf 'Done. Analyze it together with what you have:\n%s\n' "$here/$folder.tar.gz"
)
