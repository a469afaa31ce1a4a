# Collects on the VM what the diagnosis of its backup is missing, and nothing else. It changes nothing and sends nothing.
# Run it on the VM in a PowerShell window that was opened as administrator.
$ErrorActionPreference = 'Continue'
$here = (Get-Location).Path
$folder = Join-Path $here ('backup-diagnosis-windows-' + (Get-Date).ToUniversalTime().ToString('yyyyMMddTHHmmssZ'))
New-Item -ItemType Directory -Path $folder | Out-Null
Set-Location -LiteralPath $folder
$errors = Join-Path $folder 'collect-errors.txt'
function Save-Artifact([string]$Name, [scriptblock]$Command) {
    Write-Host "== $Name"
    Add-Content -LiteralPath $errors -Value "== $Name"
    try {
        & $Command 2>&1 | ForEach-Object { Add-Content -LiteralPath $errors -Value ([string]$_) }
    } catch {
        Add-Content -LiteralPath $errors -Value ([string]$_)
    }
}

# COMMANDS

Get-ChildItem -LiteralPath $folder -File | Where-Object { $_.Length -eq 0 } | Remove-Item
Set-Location -LiteralPath $here
Compress-Archive -LiteralPath $folder -DestinationPath "$folder.zip"
Write-Host "Done. Analyze it together with what you have: $folder.zip"
