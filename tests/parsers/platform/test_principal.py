"""Which object of the tenant the backup service is."""

from __future__ import annotations

import pytest

from tests.parsers.platform.documents import BACKUP_APP, EXAMPLES, PRINCIPAL, read_value


def test_service_principal() -> None:
    """`az ad sp list`."""
    (event,) = read_value([EXAMPLES["principal"]])[1]
    assert event.fields == {"app": BACKUP_APP, "principal": PRINCIPAL, "name": "Backup Management Service"}
    assert (event.pointer, event.raw) == ("/0/appId", BACKUP_APP)


@pytest.mark.parametrize("key", ["id", "Id", "objectId", "ObjectId"])
def test_older_tools_call_its_id_otherwise(key: str) -> None:
    (event,) = read_value({"AppId": BACKUP_APP.upper(), key: PRINCIPAL, "ServicePrincipalNames": [BACKUP_APP]})[1]
    assert (event.fields["app"], event.fields["principal"]) == (BACKUP_APP, PRINCIPAL)


def test_an_application_is_no_service_principal() -> None:
    """`az ad app list`: the object id is another one, no policy names it."""
    assert not read_value({"appId": BACKUP_APP, "id": PRINCIPAL, "displayName": "x", "signInAudience": "AzureADMyOrg"})[1]
