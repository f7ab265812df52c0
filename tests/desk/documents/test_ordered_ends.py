"""Documents that operations destroy before their day: with a reason, and once."""

import asyncio
from pathlib import Path

import pytest

from desk.documents.ending import NamedByRequest, NoReasonGiven, destroy, empty_store
from models.documents.documents import UploadUnknown
from rules.documents.retention import EndRule
from rules.documents.states import DocumentState
from support.requests import NOW, rejected, request_at_gate
from support.shelved import certificates, name, row, shelved, stored


async def test_operations_destroy_a_document_with_a_reason(folder: Path) -> None:
    """Before its day; the certificate keeps who and why."""
    upload = await shelved(NOW)

    certificate = await destroy(upload.id, reason=" A court's order \n", by="salma", now=NOW)
    await empty_store(NOW)

    assert (certificate.rule, certificate.reason) == (EndRule.ORDERED, "A court's order")
    assert (certificate.ordered_by, certificate.destroyed_at) == ("salma", NOW)
    assert (await row(upload)).state is DocumentState.DESTROYED
    assert stored(folder, upload) == []


async def test_a_destruction_ordered_twice_is_one(folder: Path) -> None:
    """Whoever orders it again gets the first certificate."""
    upload = await shelved(NOW)

    orders = [destroy(upload.id, reason=f"Order {at}", by="salma", now=NOW) for at in range(3)]
    given = await asyncio.gather(*orders)
    (kept,) = await certificates(upload)

    assert {each.id for each in given} == {kept.id}
    assert {each.reason for each in given} == {kept.reason}


@pytest.mark.parametrize("reason", ["", "  \n "])
async def test_an_order_needs_a_reason(folder: Path, reason: str) -> None:
    """Blanks are none."""
    upload = await shelved(NOW)

    with pytest.raises(NoReasonGiven):
        await destroy(upload.id, reason=reason, by="salma", now=NOW)
    assert (await row(upload)).state is DocumentState.READY


async def test_a_document_that_officers_still_need_is_not_destroyed(folder: Path) -> None:
    """The refusal names the request, and what can be done instead."""
    upload = await shelved(NOW)
    code = await request_at_gate()
    await name(code, upload, now=NOW)

    with pytest.raises(NamedByRequest, match=rf"{code}.*decide or withdraw") as refused:
        await destroy(upload.id, reason="An order", by="salma", now=NOW)
    await rejected(code, NOW)
    certificate = await destroy(upload.id, reason="An order", by="salma", now=NOW)

    assert refused.value.tracking_codes == (code,)
    assert certificate.rule is EndRule.ORDERED


async def test_an_unknown_document_cannot_be_destroyed(folder: Path) -> None:
    """Whatever the id looks like."""
    with pytest.raises(UploadUnknown):
        await destroy("no such id", reason="An order", by="salma", now=NOW)
